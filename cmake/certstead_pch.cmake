# gtest and gmock, read once instead of 250 times. Only ./check turns it on, where there is no ccache: that would read the
# 100 MB for each file to know whether it has it already.
option(CERTSTEAD_PCH "Precompile the headers of gtest and gmock" OFF)

if(CERTSTEAD_PCH AND CERTSTEAD_TESTS)
  set(nothing ${CMAKE_BINARY_DIR}/pch/tests.cc)
  file(CONFIGURE OUTPUT ${nothing} CONTENT "// nothing but what is precompiled\n")
  add_library(certstead_pch OBJECT ${nothing})
  target_link_libraries(certstead_pch PRIVATE GTest::gmock)
  # As the files of programs are compiled, not of libraries; and with all warnings, which predefine macros.
  set_target_properties(certstead_pch PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(certstead_pch PRIVATE -fPIE)
  certstead_warnings(certstead_pch)
  target_precompile_headers(certstead_pch PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
endif()

# certstead_precompiled(TARGET SOURCE...): for those sources of a test program that include gtest or gmock. No other: a
# header that a file did not ask for may hide that it should, and may bring a name that fits one of its calls better.
function(certstead_precompiled TARGET)
  if(NOT CERTSTEAD_PCH)
    return()
  endif()
  target_precompile_headers(${TARGET} REUSE_FROM certstead_pch)
  # One that can't be used costs time only.
  target_compile_options(${TARGET} PRIVATE -Wno-error=invalid-pch)
  foreach(source IN LISTS ARGN)
    file(STRINGS ${source} asked REGEX "^#include <g(mock|test)/")
    if(NOT asked)
      set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
endfunction()
