/* files.h — the face of runtime/ for lang/, second part: data files, checkpoints, saved models,
 * made data.
 *
 * Apart from compute.h because few files of lang/ touch a file: a change of a reader builds those
 * again and nothing else.  Tables
 * (csv.h, csv_stream.h) are apart from it: table.c and predict.c alone read them.
 */
#ifndef GD_RUNTIME_FILES_H
#define GD_RUNTIME_FILES_H

#include "runtime/base/dynamic.h"
#include "runtime/io/array.h"
#include "runtime/io/checkpoint.h"
#include "runtime/io/file.h"
#include "runtime/io/image.h"
#include "runtime/io/made.h"
#include "runtime/io/mapped.h"
#include "runtime/io/safetensors.h"
#include "runtime/io/schema.h"
#include "runtime/io/sqlite.h"

#endif
