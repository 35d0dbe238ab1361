// The JavaScript half of embind for the types of types.cpp. Emscripten's own also knows classes, overloads, wide strings
// and names of types, and is four times the size. Linked where the native half is that of 3.1.6 (flags.cmake).
// TypeScript checks the calls (js/engine/binding.ts); a text argument that is no text is made one.

mergeInto(LibraryManager.library, {
  // By type id: how a value comes over, and how a text goes. Other types are the same on both sides.
  $embindRead: '{}',
  $embindWrite: '{}',
  // A byte order mark is part of a text.
  $embindDecoder: 'new TextDecoder("utf-8", {ignoreBOM: true})',
  $embindEncoder: 'new TextEncoder()',
  $embindText: function (at, end) {
    return embindDecoder.decode(HEAPU8.subarray(at, end));
  },
  $embindText__deps: ['$embindDecoder'],

  _embind_register_void: function () {},
  _embind_register_void__deps: [],
  _embind_register_float: function () {},
  _embind_register_float__deps: [],
  _embind_register_bool: function (type) {
    embindRead[type] = (wire) => !!wire;
  },
  _embind_register_bool__deps: ['$embindRead'],
  _embind_register_integer: function (type, name, size, least) {
    // A wasm integer comes over signed.
    if (least === 0) embindRead[type] = (wire) => wire >>> 0;
  },
  _embind_register_integer__deps: ['$embindRead'],

  // On both sides a block of the heap: u32 length, bytes. Who reads it frees it.
  _embind_register_std_string: function (type) {
    embindRead[type] = (wire) => {
      var text = embindText(wire + 4, wire + 4 + HEAPU32[wire >> 2]);
      _free(wire);
      return text;
    };
    embindWrite[type] = (value) => {
      var bytes = embindEncoder.encode(String(value));
      var wire = _malloc(bytes.length + 4);
      HEAPU32[wire >> 2] = bytes.length;
      HEAPU8.set(bytes, wire + 4);
      return wire;
    };
  },
  _embind_register_std_string__deps: ['$embindRead', '$embindWrite', '$embindText', '$embindEncoder', 'free', 'malloc'],

  // Types may be registered after the functions: they are looked up when the function is first called.
  _embind_register_function: function (name, count, typesAt, signature, invoker, target) {
    var types = HEAPU32.slice(typesAt >> 2, (typesAt >> 2) + count);
    var call = getWasmTableEntry(invoker);
    var key = embindText(name, HEAPU8.indexOf(0, name));
    Module[key] = (...first) => {
      var read = embindRead[types[0]] || ((wire) => wire);
      var texts = [];
      types.forEach((type, i) => {
        if (i && embindWrite[type]) texts.push(i - 1);
      });
      var withTexts = (...values) => {
        for (var i of texts) values[i] = embindWrite[types[i + 1]](values[i]);
        var wire = call(target, ...values);
        for (var at of texts) _free(values[at]);
        return read(wire);
      };
      // Fixed parameters are twice as fast as any number of them; wasm takes no notice of those too many.
      var plain = (a, b, c, d, e, f, g, h) => read(call(target, a, b, c, d, e, f, g, h));
      return (Module[key] = texts.length || count > 9 ? withTexts : plain)(...first);
    };
  },
  _embind_register_function__deps: ['$embindRead', '$embindWrite', '$embindText', '$getWasmTableEntry', 'free'],

  // Memory grows by a fifth, so that a large list does not grow it page by page, but by half a MiB at most, so that a
  // server's is not a fifth empty; or by what is needed, if need be.
  emscripten_resize_heap: function (size) {
    var grow = (bytes) => {
      try {
        wasmMemory.grow((bytes - HEAPU8.length + 65535) >>> 16);
        updateGlobalBufferAndViews(wasmMemory.buffer);
        return true;
      } catch {
        return false;
      }
    };
    size >>>= 0;
    return grow(Math.max(size, HEAPU8.length + Math.min(HEAPU8.length / 5, 524288))) || grow(size);
  },
  emscripten_resize_heap__deps: [],
});
