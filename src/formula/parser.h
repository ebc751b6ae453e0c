// Makes a Program out of the text of a formula.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "formula/program.h"

namespace certstead::formula {

Result<std::shared_ptr<const Program>> parse_program(std::string_view text, Position origin);

}  // namespace certstead::formula
