#include "lab_dns.h"

#include "dxl/dxl.h"
#include "dxl/provider_config.h"

namespace certstead {

std::string lab_dns_document() {
  DxlProviderConfig config;
  config.name = kLabDns;
  config.provider_name = "The lab's challenge server";
  config.help =
      "For the lab only. The account's cfg_URL is the management address of pebble-challtestsrv. Change this "
      "document, import it again with certstead dns import-dxl --name LabDns, and watch what the CA says.";
  config.type = "H";
  config.settings["cfg_URL"] = {"cfg_URL", DxlItem::Kind::kText, {""}, {}, false};
  config.status_formula = "ret_AddStatus";
  config.steps[2] = {"P", R"(cfg_URL + "/set-txt")", R"("Content-Type: application/json")",
                     R"('{"host":"' + param_DnsTxtName + '.","value":"' + param_DnsTxtValue + '"}')", ""};
  return write_dxl({config.to_document()});
}

}  // namespace certstead
