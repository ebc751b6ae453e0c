#include "api/routes.h"

#include <array>

namespace certstead {
namespace {

constexpr std::array kRoutes = {
    Route{"POST", "/api/v1/sets", "", request_set},
    Route{"GET", "/api/v1/sets", "after limit", list_sets},
    Route{"GET", "/api/v1/sets/{name}", "", show_set},
    Route{"DELETE", "/api/v1/sets/{name}", "", delete_set},
    Route{"POST", "/api/v1/sets/{name}/renew", "", renew_set},
    Route{"POST", "/api/v1/sets/{name}/revoke", "", revoke_set},
    Route{"POST", "/api/v1/sets/{name}/export", "", export_set},

    Route{"GET", "/api/v1/export", "", show_export},
    Route{"POST", "/api/v1/export", "", set_up_export},
    Route{"PUT", "/api/v1/export/password", "", change_export_password},
    Route{"GET", "/api/v1/sets/{name}/csr", "key_type", show_csr},
    Route{"POST", "/api/v1/sets/{name}/complete", "", complete_set},
    Route{"POST", "/api/v1/sets/{name}/cancel", "", cancel_set},

    Route{"GET", "/api/v1/microcas", "", list_micro_cas},
    Route{"POST", "/api/v1/microcas", "", create_micro_ca},
    Route{"GET", "/api/v1/microcas/{ca}", "", show_micro_ca},
    Route{"POST", "/api/v1/microcas/{ca}/complete", "", complete_micro_ca},
    Route{"GET", "/api/v1/microcas/{ca}/crl", "", show_micro_ca_crl},
    Route{"GET", "/api/v1/microcas/{ca}/issued", "after limit", list_issued},
    Route{"POST", "/api/v1/microcas/{ca}/sign", "", sign_by_micro_ca},
    Route{"POST", "/api/v1/microcas/{ca}/revoke", "", revoke_issued},

    Route{"GET", "/api/v1/status", "after limit", show_status},

    Route{"GET", "/api/v1/deployments", "", list_deployments},
    Route{"GET", "/api/v1/deployments/{deployment}", "", show_deployment},
    Route{"PUT", "/api/v1/deployments/{deployment}", "", take_deployment},
    Route{"DELETE", "/api/v1/deployments/{deployment}", "", forget_deployment},

    Route{"POST", "/api/v1/imports", "", import_files},

    Route{"GET", "/api/v1/jobs", "limit", list_jobs},
    Route{"GET", "/api/v1/jobs/{id}", "after wait", show_job},

    Route{"GET", "/api/v1/issuers", "", list_issuers},
    Route{"POST", "/api/v1/issuers", "", add_issuer},
    Route{"GET", "/api/v1/issuers/{issuer}", "directory", show_issuer},
    Route{"PATCH", "/api/v1/issuers/{issuer}", "", change_issuer},
    Route{"DELETE", "/api/v1/issuers/{issuer}", "", delete_issuer},

    Route{"GET", "/api/v1/accounts", "", list_accounts},
    Route{"POST", "/api/v1/accounts", "", add_account},
    Route{"GET", "/api/v1/accounts/{issuer}/{account}", "", show_account},
    Route{"POST", "/api/v1/accounts/{issuer}/{account}/agree", "", agree_account},
    Route{"POST", "/api/v1/accounts/{issuer}/{account}/rollover", "", rollover_account},
    Route{"DELETE", "/api/v1/accounts/{issuer}/{account}", "", delete_account},

    Route{"GET", "/api/v1/dns/providers", "", list_dns_providers},
    Route{"GET", "/api/v1/dns/providers/{provider}", "", show_dns_provider},
    Route{"POST", "/api/v1/dns/definitions", "", import_dns_definition},
    Route{"GET", "/api/v1/dns/definitions/{definition}", "", show_dns_definition},
    Route{"DELETE", "/api/v1/dns/definitions/{definition}", "", delete_dns_definition},
    Route{"PUT", "/api/v1/dns/definitions/{definition}/approval", "", approve_dns_definition},
    Route{"GET", "/api/v1/dns/accounts", "", list_dns_accounts},
    Route{"POST", "/api/v1/dns/accounts", "", add_dns_account},
    Route{"GET", "/api/v1/dns/accounts/{dns_account}", "", show_dns_account},
    Route{"PATCH", "/api/v1/dns/accounts/{dns_account}", "", change_dns_account},
    Route{"DELETE", "/api/v1/dns/accounts/{dns_account}", "", delete_dns_account},
    Route{"POST", "/api/v1/dns/accounts/{dns_account}/rotation", "", rotate_dns_account},
    Route{"GET", "/api/v1/dns/accounts/{dns_account}/trace", "", show_dns_trace},
    Route{"PUT", "/api/v1/dns/accounts/{dns_account}/trace", "", set_dns_trace},
    Route{"POST", "/api/v1/dns/test", "", test_dns},
    Route{"POST", "/api/v1/dns/assist", "", assist_dns},

    Route{"GET", "/api/v1/roots", "", list_roots},
    Route{"POST", "/api/v1/roots", "", add_roots},
    Route{"GET", "/api/v1/roots/{root}", "", show_root},
    Route{"DELETE", "/api/v1/roots/{root}", "", delete_root},
    Route{"POST", "/api/v1/roots/rechain", "", rechain_roots},

    Route{"GET", "/api/v1/health", "name", show_health},
    Route{"POST", "/api/v1/health/check", "", check_health},
    Route{"GET", "/api/v1/health/watches", "", list_watches},
    Route{"POST", "/api/v1/health/watches", "", add_watch},
    Route{"DELETE", "/api/v1/health/watches/{watch}", "", delete_watch},
    Route{"GET", "/api/v1/settings/health", "", show_health_settings},
    Route{"PUT", "/api/v1/settings/health", "", change_health_settings},

    Route{"GET", "/api/v1/notify/targets", "", list_targets},
    Route{"POST", "/api/v1/notify/targets", "", add_target},
    Route{"DELETE", "/api/v1/notify/targets/{target}", "", delete_target},
    Route{"POST", "/api/v1/notify/targets/{target}/test", "", test_target},

    Route{"GET", "/api/v1/audit", "after limit", list_audit},
    Route{"GET", "/api/v1/audit/verify", "", verify_audit},

    Route{"GET", "/api/v1/cache", "limit", list_cache},
    Route{"GET", "/api/v1/cache/lookup",
          "view name tag address default_name on_unknown_name prefer protocol tls12 sigalgs", look_up_cache},
    Route{"GET", "/api/v1/cache/log", "", show_cache_log},
    Route{"PUT", "/api/v1/cache/log", "", set_cache_log},

    Route{"GET", "/api/v1/backup-recipients", "", list_backup_recipients},
    Route{"PUT", "/api/v1/backup-recipients/{recipient}", "", add_backup_recipient},
    Route{"DELETE", "/api/v1/backup-recipients/{recipient}", "", delete_backup_recipient},
    Route{"POST", "/api/v1/backups", "", create_backup},
    Route{"GET", "/api/v1/backups/{backup}", "offset limit", fetch_backup},
    Route{"DELETE", "/api/v1/backups/{backup}", "", discard_backup},
    Route{"POST", "/api/v1/write-holds", "", hold_writes},
    Route{"DELETE", "/api/v1/write-holds/{hold}", "", release_writes},

    Route{"GET", "/api/v1/members", "", list_members},
    Route{"GET", "/api/v1/settings/default-issuer", "", show_default_issuer},
    Route{"PUT", "/api/v1/settings/default-issuer", "", set_default_issuer},
    Route{"GET", "/api/v1/settings/keep-jobs-days", "", show_keep_jobs},
    Route{"PUT", "/api/v1/settings/keep-jobs-days", "", set_keep_jobs},
    Route{"GET", "/api/v1/version", "", show_version},

    Route{"GET", "/healthz", "", healthz},
    Route{"GET", "/readyz", "", readyz},
    Route{"GET", "/metrics", "", metrics},
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace certstead
