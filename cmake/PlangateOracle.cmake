# nlohmann-json is what tests hold the core's own scanner against. The core does not use it.
find_path(PLANGATE_NLOHMANN_DIR nlohmann/json.hpp REQUIRED DOC "Folder that holds nlohmann/json.hpp")
add_library(plangate_nlohmann INTERFACE)
target_include_directories(plangate_nlohmann SYSTEM INTERFACE "${PLANGATE_NLOHMANN_DIR}")
