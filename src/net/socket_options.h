// What sockets of this program are set to.
#pragma once

namespace certstead {

// What is written to the TCP socket `fd` leaves at once (TCP_NODELAY). Sockets that a listening one accepts
// inherit it.
void send_at_once(int fd);

}  // namespace certstead
