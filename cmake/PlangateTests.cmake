# Native tests: one Catch2 executable for the unit tests, one runner for the vectors in tests/spec.
find_package(Catch2 REQUIRED)

file(GLOB PLANGATE_TEST_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/core/*.cpp")
if(PLANGATE_TEST_SOURCES)
  add_executable(plangate_tests ${PLANGATE_TEST_SOURCES})
  # Tests may look at internal headers: rules are tested in their own files.
  target_include_directories(plangate_tests PRIVATE "${PROJECT_SOURCE_DIR}/core/src" "${PROJECT_SOURCE_DIR}/core/src/gate")
  target_compile_definitions(plangate_tests PRIVATE PLANGATE_SPEC_DIR="${PROJECT_SOURCE_DIR}/tests/spec")
  target_link_libraries(plangate_tests PRIVATE plangate::core plangate_compile plangate_nlohmann Catch2::Catch2)
  if(PLANGATE_SANITIZE)
    # Catch2 itself: half a minute less to compile, and no slower.
    set_source_files_properties("${PROJECT_SOURCE_DIR}/tests/core/main.cpp" PROPERTIES
      COMPILE_OPTIONS -O0 SKIP_PRECOMPILE_HEADERS ON)
  endif()
  plangate_precompile(plangate_tests <catch2/catch.hpp> <algorithm> <optional> <string> <vector>)
  plangate_tidy(plangate_tests)
  add_test(NAME core COMMAND plangate_tests)
endif()

file(GLOB PLANGATE_VECTOR_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/spec/runner/*.cpp")
if(PLANGATE_VECTOR_SOURCES)
  add_executable(plangate_vectors ${PLANGATE_VECTOR_SOURCES})
  target_link_libraries(plangate_vectors PRIVATE plangate::core plangate_compile plangate_nlohmann)
  if(PLANGATE_SANITIZE)
    # Half the time to compile; what it runs, the core, stays optimised.
    target_compile_options(plangate_vectors PRIVATE -O0)
  endif()
  plangate_precompile(plangate_vectors <nlohmann/json.hpp>)
  plangate_tidy(plangate_vectors)
  add_test(NAME vectors COMMAND plangate_vectors "${PROJECT_SOURCE_DIR}/tests/spec")
endif()
