/* vocabulary.c — texts as numbers: the implementation of the model Vocabulary (stdlib/text.gd).
 *
 * A vocabulary is a table u8 [size, 32], of words [size, 64], so that it can be a buffer of a model
 * and be saved in its file.  Each row is a token: its length in bytes, then its bytes.  Unused rows
 * have the length 0.  The shape depends on kind and size alone, so a model of the same ones can be
 * filled from a file.
 * Three kinds share the table and differ in how a text is split and what is looked up:
 *
 *   characters  code points, in their order
 *   words       runs of letters and digits, and single signs; blanks are passed over.  A run that
 *               does not fit a row is cut; a Chinese character is a word of its own.  Token 0 is
 * for words that are not in the table, the others stand from the most frequent on pairs tokens 0 to
 * 255 are the bytes; the others are joined of two tokens that stood side by side most often in the
 * text where they were learned (Gage, "A New Algorithm for Data Compression", 1994; Sennrich,
 * Haddow and Birch, 2016).  No token crosses the border of a piece: letters, digits or signs, with
 * a blank before them or without. A text is encoded by joining the pair whose token came first,
 * until none is left; a heap of the pairs makes that n log n in the length of a piece.
 *
 * Learning counts the different pieces once, then each pair in them; a join changes only the counts
 * of the pieces that contain it.  All temporary memory is in arenas; loops that use them leave on
 * vm_stops.
 */
#include "lang/eval/native.h"
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/text_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 32, WORD_WIDTH = 64, BYTES = 256 };

typedef enum VocabularyKind { CHARACTERS, WORDS, PAIRS } VocabularyKind;

static const char *const KINDS[] = {"characters", "words", "pairs"};

static int64_t width_of(VocabularyKind kind) { return kind == WORDS ? WORD_WIDTH : WIDTH; }
static size_t longest(VocabularyKind kind) { return (size_t)width_of(kind) - 1; }

/* ---- a tally: byte strings, each with its number and how often it came ---- */

typedef struct Entry {
  const char *bytes; /* borrowed: of the text, or of a table */
  size_t length;
  int64_t count;
} Entry;

typedef struct Tally {
  Entry *items;
  int64_t count, capacity;
  int64_t *slots; /* number + 1, 0 where free; twice as many as items or more, a power of two */
  size_t slot_count;
} Tally;

static size_t slot_of(const Tally *tally, const char *bytes, size_t length) {
  size_t at = hash_bytes(bytes, length, 1) & (tally->slot_count - 1);
  while (tally->slots[at]) {
    const Entry *entry = &tally->items[tally->slots[at] - 1];
    if (entry->length == length && !memcmp(entry->bytes, bytes, length)) return at;
    at = (at + 1) & (tally->slot_count - 1);
  }
  return at;
}

static void tally_grow(Tally *tally) {
  tally->capacity = tally->capacity ? 2 * tally->capacity : 512;
  tally->items = mem_grow(tally->items, (size_t)tally->capacity * sizeof(Entry));
  tally->slot_count = 4 * (size_t)tally->capacity;
  mem_free(tally->slots);
  tally->slots = mem_zero(tally->slot_count * sizeof(int64_t));
  for (int64_t i = 0; i < tally->count; i++)
    tally->slots[slot_of(tally, tally->items[i].bytes, tally->items[i].length)] = i + 1;
}

/* The number of a string, -1 if it has none. */
static int64_t tally_find(const Tally *tally, const char *bytes, size_t length) {
  return tally->count ? tally->slots[slot_of(tally, bytes, length)] - 1 : -1;
}

/* The number of a string, which gets one if it has none. */
static int64_t tally_add(Tally *tally, const char *bytes, size_t length) {
  if (tally->count == tally->capacity) tally_grow(tally);
  size_t slot = slot_of(tally, bytes, length);
  if (!tally->slots[slot]) {
    tally->items[tally->count] = (Entry){bytes, length, 0};
    tally->slots[slot] = ++tally->count;
  }
  return tally->slots[slot] - 1;
}

static void tally_free(Tally *tally) {
  mem_free(tally->items);
  mem_free(tally->slots);
  *tally = (Tally){0};
}

/* ---- cutting a text ---- */

typedef enum Sort { BLANK, LETTER, DIGIT, SIGN, IDEOGRAPH } Sort;

/* Bytes beyond ASCII count as letters. */
static Sort sort_of(char c) {
  unsigned char byte = (unsigned char)c;
  if (byte == ' ' || (byte >= '\t' && byte <= '\r')) return BLANK;
  if (byte >= '0' && byte <= '9') return DIGIT;
  bool letter = byte >= 0x80 || ((byte | 32) >= 'a' && (byte | 32) <= 'z');
  return letter ? LETTER : SIGN;
}

static size_t character_length(const char *at, size_t left) {
  uint32_t code;
  size_t length = text_decode(at, left, &code);
  return length ? length : 1;
}

typedef struct Range {
  uint32_t first, last;
  Sort sort;
} Range;

/* Code points beyond ASCII that are no letters, by the blocks and properties of Unicode 15. */
static const Range RANGES[] = {
    {0xa0, 0xa0, BLANK},         {0xa1, 0xa9, SIGN},          {0xab, 0xb4, SIGN},
    {0xb6, 0xb9, SIGN},          {0xbb, 0xbf, SIGN},          {0xd7, 0xd7, SIGN},
    {0xf7, 0xf7, SIGN},          {0x589, 0x58a, SIGN},        {0x5be, 0x5be, SIGN},
    {0x60c, 0x60d, SIGN},        {0x61b, 0x61f, SIGN},        {0x66a, 0x66d, SIGN},
    {0x6d4, 0x6d4, SIGN},        {0x964, 0x965, SIGN},        {0x1680, 0x1680, BLANK},
    {0x2000, 0x200b, BLANK},     {0x2010, 0x2027, SIGN},      {0x2028, 0x2029, BLANK},
    {0x202f, 0x202f, BLANK},     {0x2030, 0x205e, SIGN},      {0x205f, 0x205f, BLANK},
    {0x20a0, 0x20cf, SIGN},      {0x2190, 0x2bff, SIGN},      {0x3000, 0x3000, BLANK},
    {0x3001, 0x3004, SIGN},      {0x3008, 0x3020, SIGN},      {0x3030, 0x3030, SIGN},
    {0x30fb, 0x30fb, SIGN},      {0x3400, 0x4dbf, IDEOGRAPH}, {0x4e00, 0x9fff, IDEOGRAPH},
    {0xf900, 0xfaff, IDEOGRAPH}, {0xfe30, 0xfe6f, SIGN},      {0xff01, 0xff0f, SIGN},
    {0xff1a, 0xff20, SIGN},      {0xff3b, 0xff40, SIGN},      {0xff5b, 0xff65, SIGN},
    {0xffe0, 0xffee, SIGN},      {0x1f000, 0x1faff, SIGN},    {0x20000, 0x3ffff, IDEOGRAPH}};

/* The sort of the character there; *length: its bytes. */
static Sort sort_at(const char *at, size_t left, size_t *length) {
  uint32_t code = 0;
  *length = character_length(at, left);
  if ((unsigned char)*at < 0x80) return sort_of(*at);
  text_decode(at, left, &code);
  for (int i = 0; i < COUNT_OF(RANGES) && code >= RANGES[i].first; i++)
    if (code <= RANGES[i].last) return RANGES[i].sort;
  return LETTER;
}

static size_t word_length(const char *at, size_t left) {
  size_t length, more;
  const Sort first = sort_at(at, left, &length);
  if (first == SIGN || first == IDEOGRAPH) return length;
  for (; length < left; length += more) {
    const Sort sort = sort_at(at + length, left - length, &more);
    if ((sort != LETTER && sort != DIGIT) || length + more > longest(WORDS)) break;
  }
  return length;
}

static size_t piece_length(const char *at, size_t left) {
  size_t start = *at == ' ' && left > 1 && sort_of(at[1]) != BLANK, length = start + 1;
  Sort sort = sort_of(at[start]);
  while (length < left && sort_of(at[length]) == sort) length++;
  /* The last blank of several belongs to what follows. */
  bool last = sort == BLANK && length > 1 && length < left && at[length - 1] == ' ';
  return last ? length - 1 : length;
}

/* The length of the next piece, 0 at the end; *at is moved over blanks between words. */
static size_t next_piece(VocabularyKind kind, const StringObject *text, size_t *at) {
  size_t blank;
  while (kind == WORDS && *at < text->length &&
         sort_at(text->data + *at, text->length - *at, &blank) == BLANK)
    *at += blank;
  const char *from = text->data + *at;
  size_t left = text->length - *at;
  if (!left) return 0;
  switch (kind) {
    case CHARACTERS: return character_length(from, left);
    case WORDS: return word_length(from, left);
    default: return piece_length(from, left);
  }
}

static void count_pieces(const Vm *vm, VocabularyKind kind, const StringObject *text,
                         Tally *pieces) {
  size_t at = 0, length;
  while (!vm_stops(vm) && (length = next_piece(kind, text, &at)) > 0) {
    int64_t number = tally_add(pieces, text->data + at, length); /* may move the items */
    pieces->items[number].count++;
    at += length;
  }
}

/* ---- the order of characters and words ---- */

static int by_bytes(const void *left, const void *right) {
  const Entry *a = left, *b = right;
  size_t length = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->bytes, b->bytes, length);
  return order ? order : (a->length > b->length) - (a->length < b->length);
}

static int by_count(const void *left, const void *right) {
  const Entry *a = left, *b = right;
  return a->count != b->count ? (a->count < b->count ? 1 : -1) : by_bytes(left, right);
}

/* ---- pairs ---- */

typedef struct PairCount {
  uint64_t key; /* both tokens */
  int64_t count;
} PairCount;

/* Pieces as runs of tokens, and how often each pair occurs in all of them. */
typedef struct Joining {
  int32_t *tokens;        /* of all pieces, one behind the other */
  int64_t *starts, *ends; /* by piece */
  const Tally *pieces;
  PairCount *pairs; /* open addressing; the key 0 with count 0 is free */
  size_t slot_count, used;
} Joining;

static uint64_t pair_key(int32_t a, int32_t b) {
  return ((uint64_t)(uint32_t)a << 32 | (uint32_t)b) + 1;
}

static PairCount *pair_slot(PairCount *pairs, size_t slot_count, uint64_t key) {
  size_t at = hash_mix(key, 7) & (slot_count - 1);
  while (pairs[at].key && pairs[at].key != key) at = (at + 1) & (slot_count - 1);
  return &pairs[at];
}

static void pair_count(Joining *joining, uint64_t key, int64_t by) {
  if (2 * joining->used >= joining->slot_count) {
    size_t grown = joining->slot_count ? 2 * joining->slot_count : 4096;
    PairCount *pairs = mem_zero(grown * sizeof(PairCount));
    for (size_t i = 0; i < joining->slot_count; i++)
      if (joining->pairs[i].key)
        *pair_slot(pairs, grown, joining->pairs[i].key) = joining->pairs[i];
    mem_free(joining->pairs);
    joining->pairs = pairs;
    joining->slot_count = grown;
  }
  PairCount *slot = pair_slot(joining->pairs, joining->slot_count, key);
  joining->used += slot->key == 0;
  slot->key = key;
  slot->count += by;
}

static void count_piece(Joining *joining, int64_t piece, int64_t by) {
  for (int64_t i = joining->starts[piece]; i + 1 < joining->ends[piece]; i++)
    pair_count(joining, pair_key(joining->tokens[i], joining->tokens[i + 1]),
               by * joining->pieces->items[piece].count);
}

static void begin_joining(const Vm *vm, Joining *joining) {
  int64_t total = 0, count = joining->pieces->count;
  for (int64_t i = 0; i < count; i++) total += (int64_t)joining->pieces->items[i].length;
  joining->tokens = mem_alloc((size_t)(total + 1) * sizeof(int32_t));
  joining->starts = mem_zero((size_t)(2 * count + 1) * sizeof(int64_t));
  joining->ends = joining->starts + count;
  int64_t at = 0;
  for (int64_t i = 0; i < count && !vm_stops(vm); i++) {
    const Entry *piece = &joining->pieces->items[i];
    joining->starts[i] = at;
    for (size_t k = 0; k < piece->length; k++)
      joining->tokens[at++] = (unsigned char)piece->bytes[k];
    joining->ends[i] = at;
    count_piece(joining, i, 1);
  }
}

/* The most frequent pair; of several the one of the lowest tokens.  NULL if none comes twice. */
static const PairCount *most_frequent(const Joining *joining) {
  const PairCount *best = NULL;
  for (size_t i = 0; i < joining->slot_count; i++) {
    const PairCount *pair = &joining->pairs[i];
    if (pair->count < 2) continue;
    if (!best || pair->count > best->count || (pair->count == best->count && pair->key < best->key))
      best = pair;
  }
  return best;
}

static bool holds(const Joining *joining, int64_t piece, int32_t a, int32_t b) {
  for (int64_t i = joining->starts[piece]; i + 1 < joining->ends[piece]; i++)
    if (joining->tokens[i] == a && joining->tokens[i + 1] == b) return true;
  return false;
}

static void join(const Vm *vm, Joining *joining, int32_t a, int32_t b, int32_t made) {
  for (int64_t piece = 0; piece < joining->pieces->count && !vm_stops(vm); piece++) {
    if (!holds(joining, piece, a, b)) continue;
    count_piece(joining, piece, -1);
    int64_t to = joining->starts[piece], end = joining->ends[piece];
    for (int64_t i = to; i < end; i++) {
      bool both = joining->tokens[i] == a && i + 1 < end && joining->tokens[i + 1] == b;
      joining->tokens[to++] = both ? made : joining->tokens[i];
      i += both;
    }
    joining->ends[piece] = to;
    count_piece(joining, piece, 1);
  }
}

/* Until the vocabulary has `size` tokens, or no pair is left that comes twice. */
static void learn_pairs(const Vm *vm, const Tally *pieces, int64_t size, Tally *tokens,
                        Arena *arena) {
  Joining joining = {.pieces = pieces};
  begin_joining(vm, &joining);
  while (tokens->count < size && !vm_stops(vm)) {
    const PairCount *best = most_frequent(&joining);
    if (!best) break;
    int32_t a = (int32_t)((best->key - 1) >> 32), b = (int32_t)((best->key - 1) & 0xffffffffu);
    Entry left = tokens->items[a], right = tokens->items[b];
    size_t length = left.length + right.length;
    if (length > longest(PAIRS)) { /* never again */
      pair_slot(joining.pairs, joining.slot_count, best->key)->count = INT64_MIN / 2;
      continue;
    }
    char *bytes = arena_alloc(arena, length + 1);
    memcpy(bytes, left.bytes, left.length);
    memcpy(bytes + left.length, right.bytes, right.length);
    join(vm, &joining, a, b, (int32_t)tally_add(tokens, bytes, length));
  }
  mem_free(joining.tokens);
  mem_free(joining.starts);
  mem_free(joining.pairs);
}

/* ---- vocabulary_table(text, kind, size) ---- */

static VocabularyKind arg_kind(Vm *vm, const CallSite *site, const Value *args, int index) {
  if (args[index].kind == KIND_UNSET) return CHARACTERS;
  const StringObject *name = arg_string(vm, site, args, index);
  for (int i = 0; i < 3; i++)
    if (!strcmp(name->data, KINDS[i])) return (VocabularyKind)i;
  raise_at(vm, site_at(site, index),
           "a vocabulary's kind must be \"characters\", \"words\" or \"pairs\", not \"%.40s\"",
           name->data);
}

static void check_size(Vm *vm, const CallSite *site, VocabularyKind kind, int64_t size) {
  int64_t least = kind == PAIRS ? BYTES : 1;
  if (size < least)
    raise_at(vm, site_at(site, 2), "a vocabulary of %s needs at least %lld tokens, not %lld",
             KINDS[kind], (long long)least, (long long)size);
}

/* The tokens in their order; characters and words are sorted in place, their slots are not used. */
static void learn(const Vm *vm, VocabularyKind kind, const StringObject *text, int64_t size,
                  Tally *tokens, Arena *arena) {
  Tally pieces = {0};
  count_pieces(vm, kind, text, kind == PAIRS ? &pieces : tokens);
  if (kind != PAIRS) {
    if (tokens->count)
      qsort(tokens->items, (size_t)tokens->count, sizeof(Entry),
            kind == WORDS ? by_count : by_bytes);
    return;
  }
  for (int i = 0; i < BYTES; i++) {
    char *byte = arena_alloc(arena, 1);
    *byte = (char)i;
    tally_add(tokens, byte, 1);
  }
  learn_pairs(vm, &pieces, size, tokens, arena);
  tally_free(&pieces);
}

Value native_vocabulary_table(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_UNKNOWN) raise_unknown(vm);
  const StringObject *text = arg_string(vm, site, args, 0);
  VocabularyKind kind = arg_kind(vm, site, args, 1);
  bool sized = args[2].kind != KIND_UNSET && args[2].kind != KIND_NONE;
  int64_t size = sized ? arg_integer(vm, site, args, 2, 0, INT64_MIN, 1 << 24) : 0;
  if (sized) check_size(vm, site, kind, size);
  if (!sized && kind == PAIRS)
    raise_at(vm, site->span,
             "a vocabulary of pairs needs a `size`: 256 bytes and the number of joined pairs");
  Tally tokens = {0};
  Arena arena = {0};
  learn(vm, kind, text, size, &tokens, &arena);
  int64_t first = kind == WORDS, found = tokens.count + first;
  Tensor table;
  Diag diag = {0};
  bool fits = kind != CHARACTERS || !sized || found <= size;
  if (!fits)
    diag_fail(&diag, STATUS_FAILED, site_at(site, 2),
              "the text has %lld different characters, the vocabulary only %lld places",
              (long long)found, (long long)size);
  if (!sized) size = found;
  bool fine = fits && tensor_zeros(&table, DTYPE_U8, &(Shape){2, {size, width_of(kind)}}, &diag);
  for (int64_t i = 0; fine && i < tokens.count && i + first < size; i++) {
    uint8_t *row = (uint8_t *)tensor_data(&table) + (i + first) * width_of(kind);
    row[0] = (uint8_t)tokens.items[i].length;
    memcpy(row + 1, tokens.items[i].bytes, tokens.items[i].length);
  }
  tally_free(&tokens);
  arena_free(&arena);
  Value result = fine ? value_tensor(vm, table) : value_none();
  vm_poll_signals(vm);
  if (!fine) raise_diag(vm, &diag);
  return result;
}

/* ---- vocabulary_encode(table, kind, text) ---- */

/* The kind that a table was made for: its width tells words; only pairs have the byte 255 as a
 * token, which no character of UTF-8 is. */
static VocabularyKind kind_of(const Tensor *table) {
  if (table->shape.dim[1] == WORD_WIDTH) return WORDS;
  const uint8_t *last = (const uint8_t *)tensor_data(table) + (BYTES - 1) * WIDTH;
  bool bytes = table->shape.dim[0] >= BYTES && last[0] == 1 && last[1] == BYTES - 1;
  return bytes ? PAIRS : CHARACTERS;
}

/* `load` fills a table by its shape, so it may be one of another kind. */
static Tensor arg_table(Vm *vm, const CallSite *site, Value *args, VocabularyKind kind) {
  Tensor table = trace_elements(vm, args[0], site_at(site, 0));
  int64_t width = table.shape.rank == 2 ? table.shape.dim[1] : 0;
  bool good = table.dtype == DTYPE_U8 && (width == WIDTH || width == WORD_WIDTH);
  VocabularyKind found = good ? kind_of(&table) : kind;
  if (good && found == kind) return table;
  tensor_release(&table);
  if (!good) raise_at(vm, site_at(site, 0), "this is not the table of a vocabulary");
  raise_at(vm, site->span,
           "this vocabulary has the kind \"%s\", but its table was loaded from one of the kind "
           "\"%s\"",
           KINDS[kind], KINDS[found]);
}

/* A row's bytes; its length is not trusted. */
static size_t token_length(const char *row, int64_t width) {
  const int64_t length = (unsigned char)row[0];
  return (size_t)(length < width ? length : width - 1);
}

/* The rows that are used; the count of an entry is its number in the vocabulary. */
static Tally tokens_of(const Tensor *table) {
  Tally tokens = {0};
  const char *row = tensor_data(table);
  const int64_t width = table->shape.dim[1];
  for (int64_t i = 0; i < table->shape.dim[0]; i++, row += width) {
    size_t length = token_length(row, width);
    int64_t before = tokens.count;
    if (length && tally_add(&tokens, row + 1, length) == before) tokens.items[before].count = i;
  }
  return tokens;
}

static int64_t token_of(const Tally *tokens, const char *bytes, size_t length) {
  int64_t at = tally_find(tokens, bytes, length);
  return at < 0 ? -1 : tokens->items[at].count;
}

/* Two tokens side by side that are one token together. */
typedef struct Joint {
  int64_t token;
  size_t start, end; /* of both */
} Joint;

/* A piece of a text whose tokens are being joined. */
typedef struct Piece {
  const Tally *tokens;
  const char *bytes;
  size_t length, room;   /* the latter: what the arrays have place for */
  size_t *ends, *before; /* by the start of a token: its end, 0 where none starts; the one before */
  Joint *heap;           /* the lowest token, of several the first of them, at the top */
  size_t count;          /* in the heap */
} Piece;

static bool sooner(Joint a, Joint b) {
  return a.token != b.token ? a.token < b.token : a.start < b.start;
}

static void heap_push(Piece *piece, Joint pair) {
  Joint *heap = piece->heap;
  size_t at = piece->count++;
  for (; at && sooner(pair, heap[(at - 1) / 2]); at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
  heap[at] = pair;
}

static Joint heap_pop(Piece *piece) {
  Joint *heap = piece->heap, top = heap[0], last = heap[--piece->count];
  size_t at = 0;
  for (size_t child; (child = 2 * at + 1) < piece->count; at = child) {
    child += child + 1 < piece->count && sooner(heap[child + 1], heap[child]);
    if (!sooner(heap[child], last)) break;
    heap[at] = heap[child];
  }
  heap[at] = last;
  return top;
}

/* The token that starts there and the next one, if they can be joined. */
static void consider(Piece *piece, size_t start) {
  size_t middle = piece->ends[start];
  if (middle == piece->length) return;
  size_t end = piece->ends[middle];
  int64_t token = token_of(piece->tokens, piece->bytes + start, end - start);
  if (token >= 0) heap_push(piece, (Joint){token, start, end});
}

/* A token for each byte.  Each join takes a pair from the heap and adds two at most. */
static void begin_piece(const Vm *vm, Piece *piece, const char *bytes, size_t length,
                        int32_t *out) {
  if (length > piece->room) {
    piece->room = 2 * length + 64;
    piece->ends = mem_grow(piece->ends, piece->room * sizeof *piece->ends);
    piece->before = mem_grow(piece->before, piece->room * sizeof *piece->before);
    piece->heap = mem_grow(piece->heap, 2 * piece->room * sizeof *piece->heap);
  }
  piece->bytes = bytes;
  piece->length = length;
  piece->count = 0;
  for (size_t i = 0; i < length; i++) {
    piece->ends[i] = i + 1;
    piece->before[i] = i ? i - 1 : 0;
    out[i] = (unsigned char)bytes[i];
  }
  for (size_t i = 0; i < length && !vm_stops(vm); i++) consider(piece, i);
}

/* Joins the tokens of one piece as far as they go; returns how many are left. */
static int64_t encode_piece(const Vm *vm, Piece *piece, const char *bytes, size_t length,
                            int32_t *out) {
  begin_piece(vm, piece, bytes, length, out);
  while (piece->count && !vm_stops(vm)) {
    Joint pair = heap_pop(piece);
    size_t middle = piece->ends[pair.start];
    if (!middle || middle == length || piece->ends[middle] != pair.end) continue; /* joined since */
    out[pair.start] = (int32_t)pair.token;
    piece->ends[pair.start] = pair.end;
    piece->ends[middle] = 0;
    if (pair.end < length) piece->before[pair.end] = pair.start;
    consider(piece, pair.start);
    if (pair.start) consider(piece, piece->before[pair.start]);
  }
  int64_t left = 0;
  for (size_t i = 0; i < length; i = piece->ends[i]) out[left++] = out[i];
  return left;
}

/* `gd check`: without a table, the number of pieces is known where each is one token. */
static Value check_encoded(Vm *vm, VocabularyKind kind, const StringObject *text, Span span) {
  if (kind == PAIRS) raise_unknown(vm);
  int64_t count = 0;
  size_t at = 0, length;
  for (; !vm_stops(vm) && (length = next_piece(kind, text, &at)) > 0; at += length) count++;
  vm_poll_signals(vm);
  return trace_placeholder(vm, DTYPE_I32, &(Shape){1, {count}}, span);
}

Value native_vocabulary_encode(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[2].kind == KIND_UNKNOWN) raise_unknown(vm);
  VocabularyKind kind = arg_kind(vm, site, args, 1);
  const StringObject *text = arg_string(vm, site, args, 2);
  if (vm->checking) return check_encoded(vm, kind, text, site->span);
  Tensor table = arg_table(vm, site, args, kind), all;
  Diag diag = {0};
  if (!tensor_new(&all, DTYPE_I32, &(Shape){1, {(int64_t)text->length}}, &diag)) {
    tensor_release(&table);
    raise_diag(vm, &diag);
  }
  Tally tokens = tokens_of(&table);
  int32_t *out = tensor_data(&all);
  int64_t used = 0, unknown = -1;
  Piece piece = {.tokens = &tokens};
  size_t at = 0, length;
  while (!vm_stops(vm) && unknown < 0 && (length = next_piece(kind, text, &at)) > 0) {
    if (kind == PAIRS) {
      used += encode_piece(vm, &piece, text->data + at, length, out + used);
    } else {
      int64_t token = token_of(&tokens, text->data + at, length);
      if (token < 0 && kind == CHARACTERS) unknown = (int64_t)at;
      out[used++] = token < 0 ? 0 : (int32_t)token;
    }
    at += length;
  }
  mem_free(piece.ends);
  mem_free(piece.before);
  mem_free(piece.heap);
  tally_free(&tokens);
  tensor_release(&table);
  Value result = value_tensor(vm, tensor_view(&all, &(Shape){1, {used}}, 0));
  tensor_release(&all);
  vm_poll_signals(vm);
  if (unknown >= 0)
    raise_at(vm, site_at(site, 2), "the character \"%.*s\" is not in the vocabulary",
             (int)character_length(text->data + unknown, text->length - (size_t)unknown),
             text->data + unknown);
  return result;
}

/* ---- vocabulary_decode(table, kind, numbers) ---- */

/* Bytes that joined tokens leave broken become U+FFFD. */
static Value valid_text(Vm *vm, Text *bytes) {
  Text text = {0};
  for (size_t at = 0; at < bytes->length && !vm_stops(vm);) {
    uint32_t code;
    size_t length = text_decode(bytes->data + at, bytes->length - at, &code);
    text_code_point(&text, length ? code : 0xfffd);
    at += length ? length : 1;
  }
  text_free(bytes);
  return string_take(vm, &text);
}

Value native_vocabulary_decode(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[2].kind == KIND_UNKNOWN || vm->checking) raise_unknown(vm);
  VocabularyKind kind = arg_kind(vm, site, args, 1);
  if (args[2].kind == KIND_LIST && args[2].list->count == 0) return value_string(vm, "", 0);
  Tensor table = arg_table(vm, site, args, kind);
  Tensor numbers = trace_elements(vm, args[2], site_at(site, 2));
  Text text = {0};
  int64_t size = table.shape.dim[0], total = tensor_count(&numbers);
  double wrong = 0;
  bool fine = true;
  for (int64_t i = 0; i < total && fine && !vm_stops(vm); i++) {
    double number = tensor_get(&numbers, i);
    fine = number >= 0 && number < (double)size && number == (double)(int64_t)number;
    if (!fine) wrong = number;
    if (!fine) break;
    const char *row = (const char *)tensor_data(&table) + (int64_t)number * table.shape.dim[1];
    if (kind == WORDS && i) text_char(&text, ' ');
    if (kind == WORDS && number == 0) text_string(&text, "<unknown>");
    text_add(&text, row + 1, token_length(row, table.shape.dim[1]));
  }
  tensor_release(&table);
  tensor_release(&numbers);
  Value result = valid_text(vm, &text);
  vm_poll_signals(vm);
  if (fine) return result;
  value_release(vm, result);
  raise_at(vm, site_at(site, 2), "the vocabulary has the numbers from 0 to %lld, found %g",
           (long long)size - 1, isnan(wrong) ? (double)NAN : wrong);
}
