# Uses whichever em++ is first in PATH (an emsdk's before Debian's) through that Emscripten's own toolchain file.
find_program(PLANGATE_EMXX em++ REQUIRED DOC "Emscripten's C++ compiler")
file(REAL_PATH "${PLANGATE_EMXX}" _emxx)
cmake_path(GET _emxx PARENT_PATH EMSCRIPTEN_ROOT_PATH)
include("${EMSCRIPTEN_ROOT_PATH}/cmake/Modules/Platform/Emscripten.cmake")

# Debian's Emscripten finds its JavaScript tools (acorn) only with this path; other installations carry their own.
if(EXISTS /usr/share/nodejs/acorn AND EMSCRIPTEN_ROOT_PATH STREQUAL "/usr/share/emscripten")
  set(ENV{NODE_PATH} /usr/share/nodejs)
  set(CMAKE_CXX_LINKER_LAUNCHER "${CMAKE_COMMAND}" -E env NODE_PATH=/usr/share/nodejs)
endif()
