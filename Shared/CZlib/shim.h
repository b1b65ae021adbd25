#ifndef C_ZLIB_SHIM_H
#define C_ZLIB_SHIM_H
#include <zlib.h>
// `inflateInit2` is a macro and therefore not imported into Swift.
static inline int freshet_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
#endif
