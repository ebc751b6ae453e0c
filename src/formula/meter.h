// Counts what an evaluation uses, and says when its budget is spent.
#pragma once

#include <string>

#include "formula/formula.h"

namespace certstead::formula {

class Meter {
 public:
  explicit Meter(const Budget& budget) : budget_(budget) {}

  // Each is false once the budget is spent: the caller makes nothing more and returns.
  bool step(std::uint64_t count = 1) {
    used_.steps += count;
    if (used_.steps >= next_look_) look();
    return !spent_;
  }
  bool take(std::size_t bytes) {
    used_.bytes += bytes;
    if (used_.bytes > budget_.bytes && !spent_)
      spend("makes more than " + std::to_string(budget_.bytes) + " bytes of values");
    return !spent_;
  }
  bool enter() {
    if (++depth_ > budget_.depth && !spent_)
      spend("is nested more than " + std::to_string(budget_.depth) + " deep");
    return !spent_;
  }
  void leave() { --depth_; }

  bool spent() const { return spent_; }
  Error error() const {
    return {Code::kLimited, "the formula " + cause_ + " and was stopped", "formula-budget"};
  }
  const Usage& used() const { return used_; }
  const Clock* clock() const { return budget_.clock; }

 private:
  static constexpr std::uint64_t kStepsBetweenLooks = 1024;

  void look() {
    if (spent_) return;
    if (used_.steps > budget_.steps) spend("takes more than " + std::to_string(budget_.steps) + " steps");
    if (budget_.deadline.passed()) spend("takes too long");
    next_look_ = std::min(used_.steps + kStepsBetweenLooks, budget_.steps + 1);
  }
  void spend(std::string cause) {
    spent_ = true;
    cause_ = std::move(cause);
  }

  const Budget& budget_;
  Usage used_;
  std::uint64_t next_look_ = 0;
  std::size_t depth_ = 0;
  bool spent_ = false;
  std::string cause_;
};

// A list of texts under construction.
class TextList {
 public:
  explicit TextList(Meter& meter) : meter_(meter) {}
  bool add(std::string text) {
    if (!meter_.step(1 + text.size() / 64) || !meter_.take(sizeof(std::string) + text.size())) return false;
    texts_.push_back(std::move(text));
    return true;
  }
  Value done() { return Value::texts(std::move(texts_)); }

 private:
  Meter& meter_;
  std::vector<std::string> texts_;
};

}  // namespace certstead::formula
