/* npz_test.c — archives: those that NumPy writes, and those that lie. */
#include "runtime/io/array.h"
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

TestSuite(npz, .init = folder_make, .fini = folder_remove);

static const Files ANYWHERE = {0};

/* An archive being made, and where its parts came to stand, so that tests can lie about them. */
typedef struct Zip {
  Text bytes, directory;
  int count;
  size_t local[8], data[8], end; /* offsets of the first entries and of the end record */
} Zip;

/* how an entry is put: packed; sizes in the extra field; sizes after the data */
enum { DEFLATED = 1, ZIP64 = 2, LATER = 4 };

static void add_number(Text *text, uint64_t value, int size) {
  for (int i = 0; i < size; i++) text_char(text, (char)(i < 8 ? value >> 8 * i & 255 : 0));
}

static void set_number(Text *text, size_t at, uint64_t value, int size) {
  for (int i = 0; i < size; i++) text->data[at + (size_t)i] = (char)(value >> 8 * i & 255);
}

static size_t deflated(const void *data, size_t size, uint8_t *into, size_t room) {
  z_stream stream = {.next_in = (uint8_t *)(uintptr_t)data,
                     .avail_in = (unsigned)size,
                     .next_out = into,
                     .avail_out = (unsigned)room};
  deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  cr_assert_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
  deflateEnd(&stream);
  return room - stream.avail_out;
}

/* The fields that both headers share, from flags to the sizes. */
static void add_fields(Text *text, int how, uint32_t crc, uint64_t packed, uint64_t size,
                       bool hidden, bool later) {
  add_number(text, 45, 2);
  add_number(text, how & LATER ? 8 : 0, 2);
  add_number(text, how & DEFLATED ? 8 : 0, 2);
  add_number(text, 0, 4);
  add_number(text, later ? 0 : crc, 4);
  add_number(text, hidden ? 0xFFFFFFFF : later ? 0 : packed, 4);
  add_number(text, hidden ? 0xFFFFFFFF : later ? 0 : size, 4);
}

static void zip_add(Zip *zip, const char *name, size_t name_length, const void *data, size_t size,
                    int how) {
  uint32_t crc = (uint32_t)crc32(0, data, (unsigned)size);
  uint8_t *packed = mem_alloc(size + 1000);
  size_t length = how & DEFLATED ? deflated(data, size, packed, size + 1000)
                                 : (memcpy(packed, data, size), size);
  bool wide = how & ZIP64, later = how & LATER;
  Text *text = &zip->bytes;
  size_t local = text->length;
  if (zip->count < 8) zip->local[zip->count] = local;
  text_add(text, "PK\3\4", 4);
  add_fields(text, how, crc, length, size, wide, later);
  add_number(text, name_length, 2);
  add_number(text, wide ? 20 : 0, 2);
  text_add(text, name, name_length);
  if (wide) {
    add_number(text, 1, 2);
    add_number(text, 16, 2);
    add_number(text, later ? 0 : size, 8);
    add_number(text, later ? 0 : length, 8);
  }
  if (zip->count < 8) zip->data[zip->count] = text->length;
  text_add(text, (const char *)packed, length);
  if (later) {
    text_add(text, "PK\7\x08", 4);
    add_number(text, crc, 4);
    add_number(text, length, wide ? 8 : 4);
    add_number(text, size, wide ? 8 : 4);
  }
  text_add(&zip->directory, "PK\1\2", 4);
  add_number(&zip->directory, 45, 2);
  add_fields(&zip->directory, how, crc, length, size, false, false);
  add_number(&zip->directory, name_length, 2);
  add_number(&zip->directory, 0, 12);
  add_number(&zip->directory, local, 4);
  text_add(&zip->directory, name, name_length);
  zip->count++;
  mem_free(packed);
}

static void zip_end(Zip *zip) {
  size_t start = zip->bytes.length;
  if (zip->directory.length) text_add(&zip->bytes, zip->directory.data, zip->directory.length);
  zip->end = zip->bytes.length;
  text_add(&zip->bytes, "PK\5\6\0\0\0\0", 8);
  add_number(&zip->bytes, (uint64_t)zip->count, 2);
  add_number(&zip->bytes, (uint64_t)zip->count, 2);
  add_number(&zip->bytes, zip->directory.length, 4);
  add_number(&zip->bytes, start, 4);
  add_number(&zip->bytes, 0, 2);
}

static void zip_free(Zip *zip) {
  text_free(&zip->bytes);
  text_free(&zip->directory);
}

/* An NPY of `count` bytes counting up. */
static Text make_npy(size_t count) {
  Text text = {0};
  text_add(&text, "\x93NUMPY\1\0\x76\0", 10);
  text_format(&text, "{'descr': '|u1', 'fortran_order': False, 'shape': (%zu,), }", count);
  while (text.length < 127) text_char(&text, ' ');
  text_char(&text, '\n');
  for (size_t i = 0; i < count; i++) text_char(&text, (char)i);
  return text;
}

static Zip make_two(int how) {
  Zip zip = {0};
  Text a = make_npy(3), b = make_npy(5);
  zip_add(&zip, "x.npy", 5, a.data, a.length, how);
  zip_add(&zip, "y/z.npy", 7, b.data, b.length, how);
  zip_end(&zip);
  text_free(&a);
  text_free(&b);
  return zip;
}

static int read_zip(const void *bytes, size_t length, NamedList *list, Diag *diag) {
  *diag = (Diag){0};
  folder_put("t.npz", bytes, length);
  return npz_read(&ANYWHERE, "t.npz", list, diag) ? 0 : diag->status;
}

static void check_bad(const Zip *zip, const char *words) {
  NamedList list;
  Diag diag;
  cr_assert_eq(read_zip(zip->bytes.data, zip->bytes.length, &list, &diag), STATUS_MALFORMED, "%s",
               words);
  cr_assert_not_null(strstr(diag.where, "byte"), "%s", diag.where);
  cr_assert_not_null(strstr(diag.message, words), "%s, not %s", diag.message, words);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(npz, every_form_that_is_written) {
  for (int how = 0; how < 8; how++) {
    Zip zip = make_two(how);
    NamedList list;
    Diag diag;
    cr_assert_eq(read_zip(zip.bytes.data, zip.bytes.length, &list, &diag), 0, "%d: %s %s", how,
                 diag.where, diag.message);
    cr_assert_eq(list.count, 2);
    cr_assert_str_eq(list.items[0].name, "x");
    const Named *second = named_find(&list, "y/z", strlen("y/z"));
    cr_assert_not_null(second);
    cr_assert_eq(tensor_get(&second->tensor, 4), 4);
    named_free(&list);
    zip_free(&zip);
  }
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(npz, none_and_many, .timeout = 600) {
  Zip zip = {0};
  NamedList list;
  Diag diag;
  zip_end(&zip);
  cr_assert_eq(read_zip(zip.bytes.data, zip.bytes.length, &list, &diag), 0, "%s", diag.message);
  cr_assert_eq(list.count, 0);
  zip_free(&zip);
  zip = (Zip){0};
  Text a = make_npy(1);
  for (int i = 0; i < 5000; i++) {
    char name[16];
    zip_add(&zip, name, (size_t)snprintf(name, sizeof name, "n%d.npy", i), a.data, a.length, 0);
  }
  zip_end(&zip);
  cr_assert_eq(read_zip(zip.bytes.data, zip.bytes.length, &list, &diag), 0, "%s", diag.message);
  cr_assert_eq(list.count, 5000);
  named_free(&list);
  text_free(&a);
  zip_free(&zip);
}

Test(npz, cuts_and_flips, .timeout = 600) {
  for (int how = 0; how < 8; how += 3) {
    Zip zip = make_two(how);
    NamedList list;
    Diag diag;
    for (size_t cut = 0; cut < zip.bytes.length; cut++)
      cr_assert_eq(read_zip(zip.bytes.data, cut, &list, &diag), STATUS_MALFORMED, "cut at %zu",
                   cut);
    for (size_t bit = 0; bit < zip.bytes.length * 8; bit++) {
      zip.bytes.data[bit / 8] ^= (char)(1 << bit % 8);
      int status = read_zip(zip.bytes.data, zip.bytes.length, &list, &diag);
      if (status == 0) { /* a time, a version: what the arrays hold is unchanged */
        cr_assert_eq(list.count, 2);
        cr_assert_eq(tensor_get(&list.items[1].tensor, 4), 4);
        named_free(&list);
      } else {
        cr_assert_eq(status, STATUS_MALFORMED, "bit %zu: %d %s", bit, status, diag.message);
      }
      zip.bytes.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    zip_free(&zip);
  }
}

Test(npz, the_end_record_lies) {
  static const struct {
    size_t at;
    uint64_t value;
    int size;
  } lies[] = {{8, 65535, 2},       {8, 3, 2},  {8, 1, 2},  {10, 1, 2}, {16, 0, 4},
              {16, 0xFFFFFFFF, 4}, {12, 1, 4}, {20, 1, 2}, {4, 1, 2}};
  for (int i = 0; i < COUNT_OF(lies); i++) {
    Zip zip = make_two(0);
    set_number(&zip.bytes, zip.end + lies[i].at, lies[i].value, lies[i].size);
    if (lies[i].at == 8) set_number(&zip.bytes, zip.end + 10, lies[i].value, 2);
    check_bad(&zip, "");
    zip_free(&zip);
  }
  Zip zip = make_two(0);
  text_char(&zip.bytes, 'x');
  check_bad(&zip, "follow the end of the archive");
  zip_free(&zip);
}

/* What stands at the end is told for what it is. */
Test(npz, what_follows_the_archive) {
  Zip zip = make_two(0);
  set_number(&zip.bytes, zip.end + 20, 11, 2);
  text_string(&zip.bytes, "made by hand");
  zip.bytes.length--;
  check_bad(&zip, "the archive has a comment of 11 bytes");
  text_char(&zip.bytes, 'd');
  check_bad(&zip, "12 bytes follow the end of the archive");
  zip_free(&zip);
  zip = make_two(DEFLATED);
  zip.bytes.length -= 3;
  check_bad(&zip, "the archive is cut short: its end record is missing");
  zip_free(&zip);
}

Test(npz, sizes_and_sums_lie) {
  static const uint32_t sizes[] = {0, 1, 132, 0xFFFFFFFE, 0x7FFFFFFF};
  for (int deflate = 0; deflate <= DEFLATED; deflate++)
    for (int i = 0; i < COUNT_OF(sizes); i++)
      for (int field = 0; field < 2; field++)
        for (int both = 0; both < 2; both++) {
          Zip zip = make_two(deflate);
          size_t directory = zip.end - zip.directory.length;
          set_number(&zip.bytes, directory + 20 + (size_t)field * 4, sizes[i], 4);
          if (both) set_number(&zip.bytes, 18 + (size_t)field * 4, sizes[i], 4);
          check_bad(&zip, "");
          zip_free(&zip);
        }
  for (int i = 0; i < 3; i++) { /* the checksum wrong here, there, in both */
    Zip zip = make_two(0);
    if (i != 1) set_number(&zip.bytes, 14, 7, 4);
    if (i != 0) set_number(&zip.bytes, zip.end - zip.directory.length + 16, 7, 4);
    check_bad(&zip, i == 2 ? "checksum" : "disagree");
    zip_free(&zip);
  }
}

Test(npz, methods_and_flags) {
  static const struct {
    int method;
    const char *name;
  } methods[] = {{1, "shrunk"},     {6, "imploded"}, {9, "deflate64"}, {12, "bzip2"}, {14, "LZMA"},
                 {93, "Zstandard"}, {95, "xz"},      {98, "PPMd"},     {99, "AES"}};
  for (int i = 0; i < COUNT_OF(methods); i++) {
    Zip zip = make_two(0);
    set_number(&zip.bytes, zip.end - zip.directory.length + 10, (uint64_t)methods[i].method, 2);
    set_number(&zip.bytes, 8, (uint64_t)methods[i].method, 2);
    check_bad(&zip, methods[i].name);
    zip_free(&zip);
  }
  Zip zip = make_two(0);
  size_t directory = zip.end - zip.directory.length;
  set_number(&zip.bytes, directory + 8, 1, 2);
  check_bad(&zip, "encrypted");
  set_number(&zip.bytes, directory + 8, 0, 2);
  set_number(&zip.bytes, directory + 38, (uint64_t)0120777 << 16, 4);
  check_bad(&zip, "symbolic link");
  zip_free(&zip);
}

static void check_name(const char *name, size_t length) {
  Zip zip = {0};
  Text a = make_npy(1);
  zip_add(&zip, name, length, a.data, a.length, 0);
  zip_end(&zip);
  check_bad(&zip, "");
  text_free(&a);
  zip_free(&zip);
}

Test(npz, names) {
  static const char *const names[] = {"../x.npy",   "/etc/x.npy", "..\\x.npy", "C:\\x.npy",
                                      "",           ".npy",       ".",         "a//x.npy",
                                      "a/../x.npy", "a/./x.npy",  "x\x1b.npy", "x\xC0\xAE.npy",
                                      "x\xFF.npy",  "x.txt",      "x.npy/"};
  for (int i = 0; i < COUNT_OF(names); i++) check_name(names[i], strlen(names[i]));
  check_name("x\0.npy", 6);
  Text text = {0};
  for (int i = 0; i < 20000; i++) text_string(&text, "a/");
  text_string(&text, "x.npy");
  check_name(text.data, text.length);
  text_free(&text);
}

/* G17, G19: nothing shared, nothing between, nothing before. */
Test(npz, entries_tile_the_file) {
  Zip zip = make_two(0);
  size_t directory = zip.end - zip.directory.length;
  /* the second entry is the first once more */
  set_number(&zip.bytes, directory + 46 + 5 + 42, 0, 4);
  check_bad(&zip, "overlap");
  zip_free(&zip);
  zip = (Zip){0};
  Text a = make_npy(1);
  zip_add(&zip, "x.npy", 5, a.data, a.length, 0);
  zip_add(&zip, "x.npy", 5, a.data, a.length, 0);
  zip_end(&zip);
  check_bad(&zip, "one name");
  zip_free(&zip);
  /* a script before the first entry; a gap after the last */
  for (int before = 0; before < 2; before++) {
    zip = (Zip){0};
    if (before) text_string(&zip.bytes, "#!/bin/sh\n");
    zip_add(&zip, "x.npy", 5, a.data, a.length, 0);
    if (!before) text_string(&zip.bytes, "gap");
    zip_end(&zip);
    check_bad(&zip, "");
    zip_free(&zip);
  }
  zip = make_two(0);
  zip.bytes.data[30] = 'w'; /* the local name differs */
  check_bad(&zip, "disagree");
  zip_free(&zip);
  text_free(&a);
}

Test(npz, bombs) {
  Files files = {.unpacked = 1000};
  NamedList list;
  Diag diag;
  Zip zip = {0};
  Text a = make_npy(600);
  zip_add(&zip, "x.npy", 5, a.data, a.length, DEFLATED);
  zip_add(&zip, "y.npy", 5, a.data, a.length, DEFLATED);
  zip_end(&zip);
  folder_put("t.npz", zip.bytes.data, zip.bytes.length);
  cr_assert_not(npz_read(&files, "t.npz", &list, &diag));
  cr_assert_eq(diag.status, STATUS_MALFORMED);
  cr_assert_not_null(strstr(diag.message, "limit"), "%s", diag.message);
  files.unpacked = 2000;
  cr_assert(npz_read(&files, "t.npz", &list, &diag), "%s", diag.message);
  named_free(&list);
  zip_free(&zip);
  zip = (Zip){0}; /* announces 100 bytes, holds more */
  zip_add(&zip, "x.npy", 5, a.data, a.length, DEFLATED);
  zip_end(&zip);
  set_number(&zip.bytes, 22, 100, 4);
  set_number(&zip.bytes, zip.end - zip.directory.length + 24, 100, 4);
  check_bad(&zip, "does not unpack to the stated size");
  zip_free(&zip);
  text_free(&a);
}

/* Elements go straight to their tensor: memory for one copy and a little more is enough, packed or
 * not. */
Test(npz, in_memory_once) {
  enum { COUNT = 1 << 20 };
  for (int how = 0; how <= DEFLATED; how++) {
    Zip zip = {0};
    Text file = make_npy(COUNT);
    zip_add(&zip, "x.npy", 5, file.data, file.length, how);
    zip_end(&zip);
    folder_put("big.npz", zip.bytes.data, zip.bytes.length);
    text_free(&file);
    zip_free(&zip);
    NamedList list;
    Diag diag = {0};
    mem_budget(mem_used_bytes() + COUNT + (1 << 18)); /* COUNT bytes of u8 */
    cr_assert(npz_read(&ANYWHERE, "big.npz", &list, &diag), "%s", diag.message);
    cr_assert_eq(tensor_count(&list.items[0].tensor), COUNT);
    named_free(&list);
    mem_budget(0);
  }
}
