# Libraries that other people's programs load. Those programs are built without sanitizers, and so the libraries have to
# be, in the presets with sanitizers too: there the sources of their modules are compiled a second time.

# certstead_without_sanitizers(TARGET): compiles and links it as release presets do.
function(certstead_without_sanitizers TARGET)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    target_compile_options(${TARGET} PRIVATE -fno-sanitize=all -O1)
    target_link_options(${TARGET} PRIVATE -fno-sanitize=all)
  endif()
endfunction()

# certstead_plain(NAME MODULES base ... LINK OpenSSL::SSL ...): a library of these modules without sanitizers. The modules
# are named with all that they use, LINK with the outside libraries that they need.
function(certstead_plain NAME)
  cmake_parse_arguments(P "" "" "MODULES;LINK" ${ARGN})
  if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    add_library(${NAME} INTERFACE)
    target_link_libraries(${NAME} INTERFACE ${P_MODULES})
    return()
  endif()
  set(sources)
  foreach(module IN LISTS P_MODULES)
    get_target_property(names ${module} SOURCES)
    list(TRANSFORM names PREPEND ${CMAKE_SOURCE_DIR}/src/${module}/)
    list(APPEND sources ${names})
  endforeach()
  add_library(${NAME} STATIC ${sources})
  target_include_directories(${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${NAME} PUBLIC ${P_LINK})
  certstead_warnings(${NAME})
  certstead_without_sanitizers(${NAME})
endfunction()
