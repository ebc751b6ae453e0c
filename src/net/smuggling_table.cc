#include "net/smuggling_table.h"

namespace certstead {
namespace {

using namespace std::string_literals;

std::string post(const std::string& headers, const std::string& body) {
  return "POST /x HTTP/1.1\r\nHost: a.test\r\n" + headers + "\r\n" + body;
}
std::string get(const std::string& headers) {
  return "GET /x HTTP/1.1\r\nHost: a.test\r\n" + headers + "\r\n";
}
std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }

const std::string kHidden = "GET /hidden HTTP/1.1\r\nHost: a.test\r\n\r\n";

std::vector<MalformedRequest> framing() {
  return {
      {"both length and coding",
       post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + kHidden)},
      {"both coding and length",
       post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n" + kHidden)},
      {"two lengths that differ", post("Content-Length: 0\r\nContent-Length: 38\r\n", kHidden)},
      {"two lengths that agree", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")},
      {"list of lengths", post("Content-Length: 3, 3\r\n", "abc")},
      {"signed length", post("Content-Length: +3\r\n", "abc")},
      {"negative length", post("Content-Length: -1\r\n", kHidden)},
      {"hexadecimal length", post("Content-Length: 0x3\r\n", "abc")},
      {"length with a blank inside", post("Content-Length: 3 3\r\n", "abc")},
      {"empty length", post("Content-Length:\r\n", kHidden)},
      {"length that overflows", post("Content-Length: 18446744073709551616\r\n", kHidden)},
      {"length with a comma", post("Content-Length: 3,\r\n", "abc")},
      {"unknown coding", post("Transfer-Encoding: gzip\r\n", kHidden)},
      {"coding that looks like chunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + kHidden)},
      {"coding with a parameter", post("Transfer-Encoding: chunked;a=b\r\n", "0\r\n\r\n" + kHidden)},
      {"quoted coding", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n" + kHidden)},
      {"coding before chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n" + kHidden)},
      {"coding after chunked", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n" + kHidden)},
      {"identity coding", post("Transfer-Encoding: identity\r\nContent-Length: 3\r\n", "abc")},
      {"chunked twice in a list", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n" + kHidden)},
      {"chunked twice in two fields",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + kHidden)},
      {"second coding field",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", "0\r\n\r\n" + kHidden)},
      {"empty coding", post("Transfer-Encoding:\r\n", "0\r\n\r\n" + kHidden)},
      {"coding with a vertical tab", post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n" + kHidden)},
      {"coding on HTTP/1.0",
       "POST /x HTTP/1.0\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + kHidden},
  };
}

std::vector<MalformedRequest> chunks() {
  return {
      {"chunk size with junk", chunked("3x\r\nabc\r\n0\r\n\r\n")},
      {"chunk size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n")},
      {"negative chunk size", chunked("-3\r\nabc\r\n0\r\n\r\n")},
      {"chunk size with a plus", chunked("+3\r\nabc\r\n0\r\n\r\n")},
      {"chunk size with a blank before", chunked(" 3\r\nabc\r\n0\r\n\r\n")},
      {"chunk size that overflows", chunked("fffffffffffffffff\r\nabc\r\n0\r\n\r\n")},
      {"empty chunk size", chunked("\r\nabc\r\n0\r\n\r\n")},
      {"chunk size with a bare LF", chunked("3\nabc\r\n0\r\n\r\n")},
      {"chunk data with a bare LF behind", chunked("3\r\nabc\n0\r\n\r\n")},
      {"chunk longer than its size", chunked("3\r\nabcdef\r\n0\r\n\r\n")},
      {"last chunk with a bare LF", chunked("0\n\n")},
      {"chunk extension with a bare LF", chunked("3;a\nabc\r\n0\r\n\r\n")},
      {"chunk extension with a bare CR", chunked("3;a\rbc\r\nabc\r\n0\r\n\r\n")},
      {"trailer with a blank before its colon", chunked("0\r\nX : y\r\n\r\n")},
      {"trailer with a bare LF", chunked("0\r\nX: y\n\r\n")},
  };
}

std::vector<MalformedRequest> lines() {
  return {
      {"bare LF throughout", "GET /x HTTP/1.1\nHost: a.test\n\n"},
      {"bare LF behind a header", "GET /x HTTP/1.1\r\nHost: a.test\nX: y\r\n\r\n"},
      {"bare LF as the blank line", "GET /x HTTP/1.1\r\nHost: a.test\r\n\n" + kHidden},
      {"bare CR inside a value", get("X: a\rb\r\n")},
      {"bare CR between lines", "GET /x HTTP/1.1\rHost: a.test\r\r\n\r\n"},
      {"NUL inside a value", get("X: a\0b\r\n"s)},
      {"NUL inside a name", get("X\0Y: a\r\n"s)},
      {"folded line with a blank", get("X: a\r\n b\r\n")},
      {"folded line with a tab", get("X: a\r\n\tb\r\n")},
      {"folded coding", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n" + kHidden)},
      {"blank before the first header", "GET /x HTTP/1.1\r\n Host: a.test\r\n\r\n"},
      {"blank before a colon", get("X : y\r\n")},
      {"blank before the colon of a length", post("Content-Length : 3\r\n", "abc")},
      {"tab before the colon of a coding", post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n" + kHidden)},
      {"header without a colon", get("nothing\r\n")},
      {"header without a name", get(": y\r\n")},
      {"name with a blank inside", get("X Y: z\r\n")},
      {"name with a bracket", get("X(y): z\r\n")},
      {"name that is not ASCII", get("X\xc3\xa4: z\r\n")},
      {"control character in a value", get("X: a\x01z\r\n")},
      {"DEL in a value", get("X: a\x7fz\r\n")},
  };
}

std::vector<MalformedRequest> starts() {
  return {
      {"no Host", "GET /x HTTP/1.1\r\n\r\n"},
      {"two Hosts", get("Host: b.test\r\n")},
      {"two equal Hosts", get("Host: a.test\r\n")},
      {"empty Host", "GET /x HTTP/1.1\r\nHost:\r\n\r\n"},
      {"list of Hosts", "GET /x HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n"},
      {"Host with a path", "GET /x HTTP/1.1\r\nHost: a.test/b\r\n\r\n"},
      {"Host with a user", "GET /x HTTP/1.1\r\nHost: u@a.test\r\n\r\n"},
      {"Host with a bad port", "GET /x HTTP/1.1\r\nHost: a.test:99999\r\n\r\n"},
      {"Host that differs from the target", "GET http://b.test/x HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"no version", "GET /x\r\nHost: a.test\r\n\r\n"},
      {"HTTP/0.9", "GET /x HTTP/0.9\r\nHost: a.test\r\n\r\n"},
      {"HTTP/1.2", "GET /x HTTP/1.2\r\nHost: a.test\r\n\r\n"},
      {"HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"lower-case version", "GET /x http/1.1\r\nHost: a.test\r\n\r\n"},
      {"two blanks in the request line", "GET  /x HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"tab in the request line", "GET\t/x HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"blank before the method", " GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"blank inside the target", "GET /x y HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"fragment in the target", "GET /x#y HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"target that is not ASCII", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"target that is no path", "GET x HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"foreign scheme", "GET ftp://a.test/x HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"asterisk without OPTIONS", "GET * HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"CONNECT", "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n"},
      {"TRACE", "TRACE /x HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"method with a comma", "GE,T /x HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"lower-case method", "get /x HTTP/1.1\r\nHost: a.test\r\n\r\n"},
      {"TLS instead of HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 \r\n\r\n"s},
      {"unknown expectation", get("Expect: 200-maybe\r\n")},
  };
}

}  // namespace

const std::vector<MalformedRequest>& malformed_requests() {
  static const std::vector<MalformedRequest> kAll = [] {
    std::vector<MalformedRequest> all;
    for (auto part : {framing(), chunks(), lines(), starts()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return kAll;
}

}  // namespace certstead
