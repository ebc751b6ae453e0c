# Links a program with the allocator that serves many certificates best, if CERTSTEAD_TCMALLOC is on.
function(certstead_allocator program)
  if(CERTSTEAD_TCMALLOC)
    find_library(CERTSTEAD_TCMALLOC_LIBRARY tcmalloc_minimal REQUIRED)
    target_link_libraries(${program} PRIVATE ${CERTSTEAD_TCMALLOC_LIBRARY})
  endif()
endfunction()
