# certstead_fuzz(NAME USES module...): fuzz/NAME_fuzz.cc as a libFuzzer binary, in the preset `fuzz` only.
function(certstead_fuzz NAME)
  cmake_parse_arguments(F "" "" "USES" ${ARGN})
  add_executable(${NAME}_fuzz ${NAME}_fuzz.cc)
  target_link_libraries(${NAME}_fuzz PRIVATE ${F_USES} -fsanitize=fuzzer)
endfunction()
