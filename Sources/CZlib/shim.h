// zlib, which every Swift toolchain on Linux and macOS already needs; used to read and write gzip.
#include <zlib.h>
