// The types that cross the binding, registered with embind by name. Emscripten's own list has forty, which nothing here
// uses, and brings printf along for the names of types that are missing; so it is left out (flags.cmake).
#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

#include <cstdint>
#include <limits>
#include <string>

namespace {

using emscripten::internal::TypeID;

template <class Integer>
void register_integer(const char* name) {
  using Limits = std::numeric_limits<Integer>;
  emscripten::internal::_embind_register_integer(TypeID<Integer>::get(), name, sizeof(Integer), Limits::min(),
                                                 Limits::max());
}

}  // namespace

/// embind's JavaScript asks this for the name of a type that is not registered; all are.
extern "C" EMSCRIPTEN_KEEPALIVE const char* __getTypeName(const void* /*type*/) { return nullptr; }

EMSCRIPTEN_BINDINGS(plangate_types) {
  using namespace emscripten::internal;
  _embind_register_void(TypeID<void>::get(), "void");
  _embind_register_bool(TypeID<bool>::get(), "bool", sizeof(bool), true, false);
  register_integer<int>("int");
  register_integer<unsigned>("unsigned int");
  register_integer<std::uintptr_t>("unsigned long");
  _embind_register_float(TypeID<double>::get(), "double", sizeof(double));
  _embind_register_std_string(TypeID<std::string>::get(), "std::string");
}
