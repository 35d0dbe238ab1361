# libFuzzer targets: tests/fuzz/fuzz_*.cpp, each an executable of its own. The core is compiled again with the
# fuzzer's coverage instrumentation, else inputs would be mutated blindly.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "Fuzz targets need clang: configure with the preset 'fuzz', or -DCMAKE_CXX_COMPILER=clang++.")
endif()

add_library(plangate_core_fuzz STATIC ${PLANGATE_CORE_SOURCES})
target_include_directories(plangate_core_fuzz PUBLIC "${PROJECT_SOURCE_DIR}/core/include")
target_link_libraries(plangate_core_fuzz PRIVATE plangate_core_compile)
target_compile_options(plangate_core_fuzz PRIVATE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)

file(GLOB PLANGATE_FUZZ_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.cpp")
foreach(source IN LISTS PLANGATE_FUZZ_SOURCES)
  get_filename_component(name "${source}" NAME_WE)
  add_executable(${name} "${source}")
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/core/src" "${PROJECT_SOURCE_DIR}/core/src/gate")
  target_link_libraries(${name} PRIVATE plangate_core_fuzz plangate_compile plangate_nlohmann)
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined)
endforeach()
