# Every flag of the WebAssembly build, each with its reason. Works with Emscripten 3.1.6 (Debian 12) to 3.1.69
# (Debian 13) and later: where a name changed, the version decides.

set(PLANGATE_WASM_COMPILE
  -fno-exceptions                             # nothing throws across the binding; a throw would cost 20 kB of unwinding
  -fno-rtti                                   # no type information: embind is told so by the next line
  -DEMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0       # embind drops its type names, which need RTTI
  -flto                                       # the linker sees everything and drops what is not reached
  -D_LIBCPP_DISABLE_EXTERN_TEMPLATE           # std::string compiled here, with LTO: smaller, and a third faster to read a list
  -finline-functions                          # em++ takes -Oz for a wish to inline nothing, calls of one instruction included
)

set(PLANGATE_WASM_LINK
  --no-entry                                  # a library: there is no main()
  -flto                                       # link-time optimisation, as compiled
  -fno-exceptions -fno-rtti                   # picks the system libraries, embind's among them, built the same way
  -sMODULARIZE=1                              # a factory function: several instances, nothing global
  -sEXPORT_ES6=1                              # an ES module, so that bundlers can read it
  -sEXPORT_NAME=createPlangateModule          # the factory's name in stack traces
  -sUSE_ES6_IMPORT_META=0                     # the entries know where the bytes are; the glue must not guess
  -sENVIRONMENT=web                           # one glue everywhere: bytes are handed over through instantiateWasm
  -sDYNAMIC_EXECUTION=0                       # no eval, no new Function: runs under script-src 'wasm-unsafe-eval'
  -sFILESYSTEM=0                              # the core reads and prints nothing
  -sMALLOC=emmalloc                           # smallest allocator: 2 kB against dlmalloc's 7 kB
  -sALLOW_MEMORY_GROWTH=1                     # snapshots of any size up to the caps
  -sINITIAL_MEMORY=1048576                    # 1 MiB to start with instead of 16
  -sINCOMING_MODULE_JS_API=instantiateWasm,onAbort,print,printErr  # the hooks the loader uses (print: of plain JavaScript); no others are made
  -sEXPORTED_FUNCTIONS=_malloc,_free          # embind's strings need both
)

# The call stack: parsing is not recursive, 64 KiB is ample. TOTAL_STACK was renamed in 3.1.25.
if(EMSCRIPTEN_VERSION VERSION_LESS 3.1.25)
  list(APPEND PLANGATE_WASM_LINK -sTOTAL_STACK=65536)
else()
  list(APPEND PLANGATE_WASM_LINK -sSTACK_SIZE=65536)
endif()

# Copying, see memory.cpp. Later versions copy well.
if(EMSCRIPTEN_VERSION VERSION_LESS 3.1.25)
  set(PLANGATE_OWN_MEMORY memory.cpp)
endif()

# embind. Its native half registers forty types and brings printf along; types.cpp registers those that are used, so
# here only the JavaScript half is linked. Later versions keep it elsewhere, and are given the whole.
if(EMSCRIPTEN_VERSION VERSION_LESS 3.1.25)
  set(PLANGATE_OWN_EMBIND_TYPES types.cpp)
  foreach(_library embind emval)
    list(APPEND PLANGATE_WASM_LINK "SHELL:--js-library ${EMSCRIPTEN_ROOT_PATH}/src/embind/${_library}.js")
  endforeach()
else()
  list(APPEND PLANGATE_WASM_LINK --bind)
endif()

# The glue of the WebAssembly modules: half of the usual runtime's, which looks for files, arguments and a main().
set(PLANGATE_WASM_GLUE
  -sMINIMAL_RUNTIME=1
  "SHELL:--pre-js ${CMAKE_CURRENT_LIST_DIR}/minimal-glue.js"  # instantiation through the loader
  -sTEXTDECODER=2                             # whatever runs WebAssembly has a TextDecoder
)

# embind's JavaScript, written for the types of types.cpp alone: 2 kB of brotli less. The plain JavaScript build keeps
# Emscripten's: its engines may lack a TextDecoder.
if(EMSCRIPTEN_VERSION VERSION_LESS 3.1.25)
  list(APPEND PLANGATE_WASM_GLUE "SHELL:--js-library ${CMAKE_CURRENT_LIST_DIR}/embind-lean.js")
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(PLANGATE_WASM_SMALL -O0 -g)
  set(PLANGATE_WASM_FAST -O0 -g)
  list(APPEND PLANGATE_WASM_LINK -O0 -g -sASSERTIONS=2 -sSAFE_HEAP=1)  # every mistake is heard
else()
  set(PLANGATE_WASM_SMALL -Oz)                # what browsers load
  set(PLANGATE_WASM_FAST -O2)                 # the core of servers: nobody downloads it
  list(APPEND PLANGATE_WASM_LINK -Oz)
endif()

if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Once more through the optimiser, with expressions taken apart in between: 300 B of brotli less; and again, so that
  # functions that are alike become one: 200 B.
  list(APPEND PLANGATE_WASM_GLUE "-sBINARYEN_EXTRA_PASSES=--flatten,--local-cse,--rereloop,-Oz,-Oz,--ssa-nomerge,-Oz,\
--simplify-locals-notee,-Oz,--simplify-locals,--code-folding,-Oz,--remove-unused-brs,--merge-similar-functions,-Oz")
endif()

# The local provider's ledger runs in Node only, and holds many small objects.
set(PLANGATE_BILLING_LINK
  -O2                                         # nobody downloads it
  -sMALLOC=dlmalloc                           # the faster allocator
)

# The same core as plain JavaScript, for engines without WebAssembly (React Native's Hermes).
set(PLANGATE_JS_LINK
  -sWASM=0                                    # wasm2js: no WebAssembly object needed
)
if(EMSCRIPTEN_VERSION VERSION_LESS 3.1.45)
  list(APPEND PLANGATE_JS_LINK "SHELL:--memory-init-file 0")  # static data inside the one file; later the only way
endif()
