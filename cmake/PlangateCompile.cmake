# How everything of this project is compiled. Settings live on an interface target, so that nothing leaks into a
# project that takes plangate in.
add_library(plangate_compile INTERFACE)
target_compile_features(plangate_compile INTERFACE cxx_std_20)
target_compile_options(plangate_compile INTERFACE -Wall -Wextra -Wpedantic -Werror)

if(PLANGATE_SANITIZE)
  set(_sanitize -fsanitize=${PLANGATE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(plangate_compile INTERFACE ${_sanitize})
  target_link_options(plangate_compile INTERFACE -fsanitize=${PLANGATE_SANITIZE})
endif()

# The core is compiled the same way everywhere: without exceptions or RTTI, natively too, so that tests and fuzzers
# run what the wasm build ships.
add_library(plangate_core_compile INTERFACE)
target_link_libraries(plangate_core_compile INTERFACE plangate_compile)
target_compile_options(plangate_core_compile INTERFACE -fno-exceptions -fno-rtti)

# Reads headers once for all of a target, where the build asks for it. Other builds tell whoever forgets an include.
function(plangate_precompile target)
  if(PLANGATE_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

if(PLANGATE_TIDY)
  find_program(PLANGATE_CLANG_TIDY NAMES clang-tidy clang-tidy-14 REQUIRED)
  set(PLANGATE_TIDY_COMMAND "${PLANGATE_CLANG_TIDY};--quiet;--warnings-as-errors=*")
  if(PLANGATE_TIDY_SHALLOW)
    foreach(_word -Xclang -analyzer-config -Xclang mode=shallow)
      list(APPEND PLANGATE_TIDY_COMMAND "--extra-arg=${_word}")
    endforeach()
  endif()
endif()

# Turns clang-tidy on for one target, where the build asks for it.
function(plangate_tidy target)
  if(PLANGATE_TIDY)
    set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "${PLANGATE_TIDY_COMMAND}")
  endif()
endfunction()
