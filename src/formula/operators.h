// Operators on lists: pair by pair, the last element of the shorter list repeated; or, permuted, each element
// with each. Pure.
#pragma once

#include "formula/meter.h"
#include "formula/program.h"

namespace certstead::formula {

// Neither side is an error. An error value names what is wrong, without a position.
Value apply_operator(const Operator& op, Value left, Value right, Meter& meter);
Value negate(const Value& value, Meter& meter);
Value logical_not(const Value& value, Meter& meter);
// The element of `list` at `index`, from 1; the text "" behind its end.
Value subscript(const Value& list, const Value& index);

}  // namespace certstead::formula
