// Where to shake hands, as people write it.
#pragma once

#include "probe/probe.h"

namespace certstead {

// "https://HOST", "tls://HOST:PORT", "smtps://", "imaps://", "pop3s://", "ldaps://", "ftps://", or with the
// talk in clear before it "smtp+starttls://", "imap+starttls://", "pop3+starttls://", "ldap+starttls://",
// "ftp+starttls://", "postgres+starttls://"; without a port it is the protocol's own.
// "?name=www.example.test" at the end asks for that name, else it is HOST unless that is an address. kInvalid
// ("probe-target") with a sentence. Pure.
Result<ProbeRequest> parse_target(std::string_view url);

// A host name as a handshake carries it: an IDN in A-labels, anything in ASCII as it stands. kInvalid with
// the label that is wrong. Pure.
Result<std::string> name_in_handshake(std::string_view name);

// "HOST", "HOST:PORT", "[::1]:PORT" into host and port; the port stays as it is if none is given. An IDN
// becomes A-labels. kInvalid ("probe-target").
Status parse_host_port(std::string_view text, ProbeRequest& into);

}  // namespace certstead
