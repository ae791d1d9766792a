/* seeds.c — files to begin with: small ones of each kind that the formats have.  Nothing of them is
 * in git.
 *
 * What gd writes is written by its own writers; the rest as the formats' pages say.
 */
#include "tests/tools/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void seed_text(const char *folder, const char *name, const char *text) {
  seed_file(folder, name, text, strlen(text));
}

/* As it is, and packed. */
static void seed_packed(const char *folder, const char *name, const void *data, size_t size) {
  char packed_name[80];
  Text packed = {0};
  seed_file(folder, name, data, size);
  gzip_write(data, size, &packed);
  snprintf(packed_name, sizeof packed_name, "%s.gz", name);
  seed_file(folder, packed_name, packed.data, packed.length);
  text_free(&packed);
}

void seeds_csv(const char *folder) {
  static const struct {
    const char *name, *text;
  } tables[] = {
      {"numbers", "a,b,label\n1,2.5,0\n-3,4e2,1\n0.5,+6,1\n"},
      {"classes", "size,colour,label\n1,red,cat\n2,blue,dog\n3,red,cat\n"},
      {"quoted", "\"a,b\",\"c \"\"d\"\"\"\r\n\"1\",\"two\nlines\"\r\n2,\"x\"\r\n"},
      {"missing", "a,label\n1,2\n,3\n4,\n\"\",5\n"},
      {"bare", "1,2,3\n4,5,6\n7,8,9\n"},
      {"marked", "\xEF\xBB\xBF\xCE\xB8,y\n1,2\n3,4\n"},
      {"large", "a,b\n16777216,16777217\n16777217,1e38\n99999999,0\n"},
      {"money", "price;when;label\n$5;2024-01-31;a\n(10);2023/12/01 18:00;b\n12 %;2020-02-29;a\n"},
      {"comma", "a\tb\n1.000,5\t2\n# note\n3,25\t?\n\n4\t-\n"},
      {"odd", "a,b\nNA,1\nnull,0x10\n=SUM(A1),1;2\n"},
  };
  for (int i = 0; i < COUNT_OF(tables); i++)
    seed_packed(folder, tables[i].name, tables[i].text, strlen(tables[i].text));
}

void seeds_json(const char *folder) {
  seed_text(folder, "object",
            "{\"a\": [1, 2.5, -3e2], \"b\": {\"c\": null, \"d\": true}, \"e\": \"t\\u00e9xt\\n\"}");
  seed_text(folder, "array", "[[0, 1], [2, 3], \"\", {}, [], 1e308, 9007199254740993]");
  seed_text(folder, "number", " -0.0 ");
}

void seeds_idx(const char *folder) {
  static const uint8_t types[] = {0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e}, sizes[] = {1, 1, 2, 4, 4, 8};
  for (int i = 0; i < COUNT_OF(types); i++)
    for (uint8_t rank = 1; rank <= 3; rank++) {
      uint8_t bytes[200] = {0, 0, types[i], rank};
      size_t length = 4 + 4 * (size_t)rank, count = 1;
      for (uint8_t axis = 0; axis < rank; axis++)
        count *= bytes[7 + 4 * axis] = (uint8_t)(axis + 2);
      for (size_t k = 0; k < count * sizes[i] && length < sizeof bytes; k++)
        bytes[length++] = (uint8_t)(3 * k);
      char name[40];
      snprintf(name, sizeof name, "type%02x-rank%d", types[i], rank);
      seed_packed(folder, name, bytes, length);
    }
}

/* ---- arrays ---- */

/* A header and elements that count up. */
static Text npy(int version, const char *descr, const char *order, const char *shape,
                size_t bytes) {
  Text header = {0}, text = {0};
  text_format(&header, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr, order, shape);
  size_t start = version == 1 ? 10 : 12;
  while ((start + header.length + 1) % 16) text_char(&header, ' ');
  text_char(&header, '\n');
  text_add(&text, "\x93NUMPY", 6);
  text_char(&text, (char)version);
  text_char(&text, 0);
  for (size_t i = 0; i < start - 8; i++) text_char(&text, (char)(header.length >> 8 * i));
  text_add(&text, header.data, header.length);
  text_free(&header);
  for (size_t i = 0; i < bytes; i++)
    text_char(&text, (char)(descr[1] == 'b' ? i % 2 : i % 4 ? 0 : i));
  return text;
}

static const struct {
  const char *descr;
  size_t bytes;
} DESCRS[] = {{"|b1", 1}, {"|u1", 1}, {"|i1", 1}, {"<u2", 2}, {">i2", 2}, {"<u4", 4}, {">i4", 4},
              {"<u8", 8}, {"<i8", 8}, {"<f2", 2}, {">f4", 4}, {"<f4", 4}, {"<f8", 8}};

void seeds_npy(const char *folder) {
  for (int i = 0; i < COUNT_OF(DESCRS); i++)
    for (int version = 1; version <= 3; version++) {
      char name[40];
      Text text = npy(version, DESCRS[i].descr, version == 2 ? "True" : "False",
                      version == 1   ? "(6,)"
                      : version == 2 ? "(2, 3)"
                                     : "()",
                      DESCRS[i].bytes * (version == 3 ? 1 : 6));
      snprintf(name, sizeof name, "%s-%d", DESCRS[i].descr + 1, version);
      seed_file(folder, name, text.data, text.length);
      text_free(&text);
    }
}

void seeds_npz(const char *folder) {
  for (int first = 0; first + 1 < COUNT_OF(DESCRS); first++) {
    Zip zip = {0};
    for (int i = 0; i < 2; i++) {
      Text text = npy(1, DESCRS[first + i].descr, "False", "(2, 2)", DESCRS[first + i].bytes * 4);
      ZipEntry *entry = &zip.entries[zip.count++];
      *entry =
          (ZipEntry){.data = (uint8_t *)text.data, .size = text.length, .packed = (first + i) % 2};
      entry->name_length = (size_t)snprintf(entry->name, sizeof entry->name, "%s%d.npy",
                                            i ? "part/y" : "x", i);
    }
    Text archive = {0};
    char name[40];
    zip_write(&zip, &archive);
    snprintf(name, sizeof name, "%d", first);
    seed_file(folder, name, archive.data, archive.length);
    text_free(&archive);
    zip_free(&zip);
  }
}

void seeds_safetensors(const char *folder) {
  static const struct {
    const char *dtype;
    size_t bytes;
  } types[] = {{"F32", 4}, {"F64", 8}, {"I32", 4}, {"U8", 1},  {"BOOL", 1}, {"F16", 2}, {"BF16", 2},
               {"I8", 1},  {"I16", 2}, {"U16", 2}, {"U32", 4}, {"I64", 8},  {"U64", 8}};
  for (int i = 0; i < COUNT_OF(types); i++) {
    Text header = {0}, text = {0};
    size_t bytes = 4 * types[i].bytes;
    text_format(
        &header,
        "{\"__metadata__\":{\"format\":\"gd\"},\"net.w\":{\"dtype\":\"%s\",\"shape\":[2,2],\"data_"
        "offsets\":[0,%zu]},\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[%zu,%zu]}}",
        types[i].dtype, bytes, bytes, bytes + 4);
    while (header.length % 8) text_char(&header, ' ');
    for (size_t k = 0; k < 8; k++) text_char(&text, (char)(header.length >> 8 * k));
    text_add(&text, header.data, header.length);
    for (size_t k = 0; k < bytes + 4; k++) text_char(&text, (char)(k % types[i].bytes ? 0 : 1));
    seed_file(folder, types[i].dtype, text.data, text.length);
    text_free(&header);
    text_free(&text);
  }
}
