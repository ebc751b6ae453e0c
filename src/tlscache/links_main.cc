// Nothing but the module itself: links_test.cc asks the dynamic linker what this program needs.
#include "tlscache/tls_cache.h"

int main(int argc, char** argv) { return argc > 1 && certstead::TlsCache::open(argv[1]) ? 0 : 1; }
