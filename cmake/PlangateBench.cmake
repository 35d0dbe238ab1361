# Native benchmarks: bench/*.cpp, each an executable of its own. Numbers are printed, never asserted.
file(GLOB PLANGATE_BENCH_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bench/*.cpp")
foreach(source IN LISTS PLANGATE_BENCH_SOURCES)
  get_filename_component(name "${source}" NAME_WE)
  add_executable(${name} "${source}")
  target_link_libraries(${name} PRIVATE plangate::core plangate_compile)
endforeach()
