// Certstead: one binary, few roles. This file only says which function runs which verb.
#include "cli/cli.h"
#include "deploy_app.h"
#include "gateway_app.h"
#include "lab_app.h"
#include "local_app.h"
#include "manager_app.h"

int main(int argc, char** argv) {
  certstead::ServerVerbs servers;
  servers.manager = certstead::run_manager;
  servers.gateway = certstead::run_gateway;
  servers.lab = certstead::run_lab;
  servers.local = certstead::local_verbs();
  servers.deploy_watch = certstead::run_deploy_watch;
  return certstead::run_cli(argc, argv, servers, CERTSTEAD_VERSION);
}
