// Small questions about an order, for the run that carries it on. Pure.
#pragma once

#include "base/result.h"
#include "model/order.h"
#include "model/step.h"

namespace certstead {

// "p256"
std::string key_text(const Order& order);
// "p256: www.example.test", an IDN in both forms
std::string domain_text(const Order& order, std::size_t index);
// One line for a person who watches; "" for steps that say nothing new.
std::string progress_of(const Order& order, const Step& step);
bool is_poll(const Step& step);
// Whether it is proved over DNS and the CA has not come to a verdict.
bool proves_over_dns(const Authorization& authorization);
// Whether the step writes a TXT record or looks for one.
bool over_dns(const Order& order, const Step& step);
// " TXT record written by the DNS account main", " TXT record is ready for the CA"
std::string dns_progress(const ChosenChallenge& challenge);
// Whether a poll learnt anything that has to survive a crash.
bool same_at_the_ca(const Order& a, const Order& b);
// Whether an answer is shown that the CA has still to look at, or is shown at all.
bool challenges_open(const Order& order);
bool challenges_published(const Order& order);
// A failure after which the same order can go on, once the outside world has recovered.
bool order_survives(const Error& error);

}  // namespace certstead
