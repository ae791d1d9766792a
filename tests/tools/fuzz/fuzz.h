/* fuzz.h — what the fuzz targets share: the table's row, the verdict, mutations that keep a file
 * whole. */
#ifndef GD_TESTS_TOOLS_FUZZ_FUZZ_H
#define GD_TESTS_TOOLS_FUZZ_FUZZ_H

#include "lang/lang.h"
#include "runtime/files.h"

typedef struct Target {
  const char *name;
  size_t most; /* bytes of an input */
  void (*run)(const uint8_t *data, size_t size);
  /* Mutates in place, within `most` bytes, and gives the new size; NULL: as libFuzzer does it. */
  size_t (*mutate)(uint8_t *data, size_t size, size_t most, unsigned seed);
  /* writes inputs to begin with; NULL: tests/scripts and examples are what it begins with */
  void (*seeds)(const char *folder);
} Target;

/* ---- fuzz.c ---- */
/* a find: says what, and ends the process as a crash does */
NORETURN void wrong(const char *format, ...) PRINTF_LIKE(1, 2);
/* is it UTF-8, without control bytes but newlines? */
void judge_text(const char *what, const char *text, size_t length);
/* has it a status and words, and are both of its forms fit to be shown? */
void judge_diag(const Sources *sources, const Diag *diag);
void seed_file(const char *folder, const char *name, const void *data, size_t size);

/* ---- texts.c: the language ---- */
void run_parse(const uint8_t *data, size_t size);
void run_check(const uint8_t *data, size_t size);
void run_script(const uint8_t *data, size_t size);
void run_lines(const uint8_t *data, size_t size);

/* ---- files.c: one reader each ---- */
void run_csv(const uint8_t *data, size_t size);
void run_idx(const uint8_t *data, size_t size);
void run_npy(const uint8_t *data, size_t size);
void run_npz(const uint8_t *data, size_t size);
void run_safetensors(const uint8_t *data, size_t size);
void run_json(const uint8_t *data, size_t size);

/* ---- resume.c ---- */
void run_resume(const uint8_t *data, size_t size);
void seeds_resume(const char *folder);

/* ---- seeds.c ---- */
void seeds_csv(const char *folder);
void seeds_idx(const char *folder);
void seeds_npy(const char *folder);
void seeds_npz(const char *folder);
void seeds_safetensors(const char *folder);
void seeds_json(const char *folder);

/* ---- pack.c: what a file says of itself (lengths, checksums, packing) is made right again after a
 * mutation ---- */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most); /* libFuzzer's own */
size_t mutate_gzip(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t mutate_npy(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t mutate_npz(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t mutate_safetensors(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t mutate_checkpoint(uint8_t *data, size_t size, size_t most, unsigned seed);

/* An archive in memory, for the mutator and the seeds. */
enum { ZIP_ENTRIES = 8 };
typedef struct ZipEntry {
  char name[64];
  size_t name_length;
  uint8_t *data; /* unpacked; owned */
  size_t size;
  bool packed; /* by deflate */
} ZipEntry;

typedef struct Zip {
  ZipEntry entries[ZIP_ENTRIES];
  int count;
} Zip;

void zip_write(const Zip *zip, Text *text);
void zip_free(Zip *zip);
void gzip_write(const uint8_t *data, size_t size, Text *text);

#endif
