/* defer.c — gradients that are made when they are used.
 *
 * The gradient of a weight is a product x' dy as large as the weight, and all of them together are
 * as large as the model.  Were each to be found finite before the first update, all would have to
 * be in memory at once.  So a product that only the second half reads waits for it, where its two
 * operands, which are kept instead, are smaller: few rows against a large weight.  Whether it is
 * finite is known before: range.c bounds it by the magnitudes of its operands.  Where the bound is
 * none (operands near the end of their dtype, or NaN), the run takes the careful way, in which the
 * product is looked at before anything is stored.
 *
 * Blocks.  Where one program reads such a product, one for one, the product is never in memory as a
 * whole: a block of its rows is made, the program runs on them, and the next block lies in the same
 * place, which stays in the cache.
 *
 * Bits are those of the whole product: the order of an element's sum depends on its length alone
 * (product.h), as long as neither the whole nor a block is so small that the sum itself is cut.
 */
#include "runtime/kernels/linear.h"
#include "runtime/opcodes.h"
#include "runtime/plan/node.h"

#include <string.h>

#if defined(GD_HARSH)
enum { WAITING_LEAST = 64, BLOCK_BYTES = 256 };
#else
enum {
  WAITING_LEAST = 1 << 20, /* bytes of a product that are worth waiting for */
  BLOCK_BYTES = 2 << 20    /* of a block, about: it stays in the second or third cache */
};
#endif
/* rows: a block begins at a multiple; fewer than the least go other ways through product.c */
enum { BLOCK_GRAIN = 4, BLOCK_ROWS_LEAST = 8 };

/* ---- which wait ---- */

static bool is_matrix(const Node *node) { return node->type.shape.rank == 2; }

/* Is the operand there when the second half begins, and until its end? */
static bool stays(const Plan *plan, NodeId id) {
  const Node *root = graph_node(&plan->graph, plan->facts[id].root);
  if (root->op == OP_CONST) return false;
  for (int k = 0; root->op == OP_INPUT && k < plan->store_count; k++)
    if (plan->stores[k].binding == root->attrs[0]) return false;
  return true;
}

static bool product_waits(const Plan *plan, NodeId id) {
  const Node *node = graph_node(&plan->graph, id);
  if (node->op != OP_MATMUL || !dtype_computes(node->type.dtype) || !is_matrix(node)) return false;
  const Node *a = graph_node(&plan->graph, node->inputs[0]),
             *b = graph_node(&plan->graph, node->inputs[1]);
  return is_matrix(a) && is_matrix(b) && node_bytes(node) >= WAITING_LEAST &&
         node_bytes(a) + node_bytes(b) < node_bytes(node) &&
         plan->facts[node->inputs[0]].root != plan->facts[node->inputs[1]].root &&
         stays(plan, node->inputs[0]) && stays(plan, node->inputs[1]);
}

/* Was every index found to be within `n` before?  By a gather of the same, which runs in the first
 * half. */
static bool index_is_known(const Plan *plan, NodeId index, int64_t n) {
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Node *node = graph_node(&plan->graph, id);
    if (node->op == OP_GATHER && plan->facts[node->inputs[1]].root == plan->facts[index].root &&
        plan->facts[node->inputs[1]].offset == plan->facts[index].offset &&
        node_count(graph_node(&plan->graph, node->inputs[1])) ==
            node_count(graph_node(&plan->graph, index)) &&
        graph_node(&plan->graph, node->inputs[0])->type.shape.dim[node->attrs[0]] == n)
      return true;
  }
  return false;
}

/* The rows of a table's gradient. */
static bool scatter_waits(const Plan *plan, NodeId id) {
  const Node *node = graph_node(&plan->graph, id);
  return node->op == OP_SCATTER && dtype_computes(node->type.dtype) && is_matrix(node) &&
         node->attrs[0] == 0 && node_bytes(node) >= WAITING_LEAST &&
         2 * node_bytes(graph_node(&plan->graph, node->inputs[0])) < node_bytes(node) &&
         stays(plan, node->inputs[0]) && stays(plan, node->inputs[1]) &&
         index_is_known(plan, node->inputs[1], node->attrs[1]);
}

bool plan_waits(const Plan *plan, NodeId id) {
  return FUSES && (product_waits(plan, id) || scatter_waits(plan, id));
}

/* Something that is there before the second half, or rows of a table, added to a product that
 * waits. */
static bool is_beside(const Plan *plan, NodeId id) {
  const Facts *root = &plan->facts[plan->facts[id].root];
  return root->leaf || (!root->fusable && !product_waits(plan, plan->facts[id].root));
}

bool plan_waits_watched(const Plan *plan, NodeId id) {
  const Node *node = graph_node(&plan->graph, id);
  if (!FUSES) return false;
  if (node->op != OP_ADD || !dtype_computes(node->type.dtype)) return product_waits(plan, id);
  for (int i = 0; i < 2; i++)
    if (product_waits(plan, plan->facts[node->inputs[i]].root))
      return is_beside(plan, node->inputs[1 - i]);
  return false;
}

/* ---- which go in blocks ---- */

enum { NO_READER = -1, SEVERAL_READERS = -2 };

/* By node: the one item that reads it. */
static int32_t *find_readers(const Plan *plan) {
  int32_t *readers = mem_alloc(plan->graph.count * sizeof *readers);
  for (NodeId id = 0; id < plan->graph.count; id++) readers[id] = NO_READER;
  for (int32_t i = 0; i < plan->item_count; i++)
    for (int r = 0; r < plan->items[i].read_count; r++) {
      int32_t *reader = &readers[plan->items[i].reads[r]];
      *reader = *reader == NO_READER ? i : SEVERAL_READERS;
    }
  return readers;
}

/* Can the program run on some rows of the product and then on others?  All that it reads must be in
 * the product's index space, or a scalar. */
static bool goes_by_rows(const Plan *plan, const Item *item, const Node *product) {
  if (!item->program || item->half != 2 || item->at_once ||
      node_count(graph_node(&plan->graph, item->nodes[0])) != node_count(product))
    return false;
  for (int n = 0; n < item->count; n++) {
    const Facts *facts = &plan->facts[item->nodes[n]];
    if (facts->tail) return false;
    for (int o = 0; o < facts->operand_count; o++)
      if (facts->operands[o].pattern.kind != PATTERN_SCALAR &&
          (facts->operands[o].pattern.kind != PATTERN_FULL || facts->operands[o].offset))
        return false;
  }
  return true;
}

static bool sum_is_whole(Product product, int64_t rows) {
  product.m = rows;
  product_turn(&product);
  return product.m == rows && product_cut(&product).depth_parts == 1;
}

/* Nearly equal blocks; 0 where there would be one alone, or none that has the bits of the whole. */
static int64_t block_rows(const Node *node, const Node *a) {
  const int64_t m = node->type.shape.dim[0], n = node->type.shape.dim[1];
  const bool a_transposed = node->attrs[0] != 0, b_transposed = node->attrs[1] != 0;
  Product product = product_dense(node->type.dtype, m, n, a->type.shape.dim[!a_transposed]);
  product.a_transposed = a_transposed;
  product.b_transposed = b_transposed;
  int64_t count = (int64_t)((node_bytes(node) + BLOCK_BYTES - 1) / BLOCK_BYTES);
  if (count < 2) return 0;
  int64_t rows = (m + count - 1) / count;
  if (rows < BLOCK_ROWS_LEAST) rows = BLOCK_ROWS_LEAST;
  rows = (rows + BLOCK_GRAIN - 1) / BLOCK_GRAIN * BLOCK_GRAIN;
  int64_t rest = m % rows == 0 ? rows : m % rows;
  return rows < m && rest >= BLOCK_ROWS_LEAST && sum_is_whole(product, m) &&
                 sum_is_whole(product, rows) && sum_is_whole(product, rest)
             ? rows
             : 0;
}

static void add_read(Item *item, NodeId root, NodeId reader, bool apart) {
  for (int r = 0; r < item->read_count; r++)
    if (item->reads[r] == root) return;
  item->reads[item->read_count] = root;
  item->read_last[item->read_count] = reader;
  item->read_apart[item->read_count++] = apart;
}

static void make_room(Plan *plan, Item *item, int more) {
  const size_t count = (size_t)(item->read_count + more), before = (size_t)item->read_count;
  NodeId *reads = arena_alloc(&plan->arena, count * (2 * sizeof(NodeId) + sizeof(bool)) + 1);
  bool *apart = (bool *)(reads + 2 * count);
  if (before) {
    memcpy(reads, item->reads, before * sizeof(NodeId));
    memcpy(reads + count, item->read_last, before * sizeof(NodeId));
    memcpy(apart, item->read_apart, before * sizeof(bool));
  }
  item->reads = reads;
  item->read_last = reads + count;
  item->read_apart = apart;
}

static void last_until(Plan *plan, NodeId id, Item *reader) {
  const Node *node = graph_node(&plan->graph, id);
  make_room(plan, reader, node->input_count);
  for (int i = 0; i < node->input_count; i++)
    add_read(reader, plan->facts[node->inputs[i]].root, reader->nodes[reader->count - 1], true);
}

/* The program comes right after the product, so the product waits for all else that it reads; and
 * the product's operands last until the program's end. */
static void tie(Plan *plan, NodeId id, Item *own, Item *reader) {
  make_room(plan, own, reader->read_count);
  for (int r = 0; r < reader->read_count; r++)
    if (reader->reads[r] != id) add_read(own, reader->reads[r], id, false);
  last_until(plan, id, reader);
}

static void shorten(Plan *plan, NodeId id, int64_t rows) {
  const Node *node = graph_node(&plan->graph, id);
  plan->facts[id].bytes = (size_t)rows * (size_t)node->type.shape.dim[1] * node_element(plan, id);
  plan->items[plan->facts[id].item].block_rows = rows;
}

/* Rows of a table that the program adds go in the same blocks. */
static void block_beside(Plan *plan, Item *reader, int64_t rows, const int32_t *readers) {
  for (int r = 0, count = reader->read_count; r < count; r++) {
    const NodeId id = reader->reads[r];
    if (plan->facts[id].half != 2 || plan->facts[id].kept || readers[id] < 0 ||
        !scatter_waits(plan, id))
      continue;
    last_until(plan, id, reader);
    shorten(plan, id, rows);
    reader->beside = id;
    return;
  }
}

void plan_block(Plan *plan) {
  int32_t *readers = find_readers(plan);
  for (NodeId id = 1; FUSES && id < plan->graph.count; id++) {
    Facts *facts = &plan->facts[id];
    if (facts->half != 2 || facts->root != id || facts->kept || readers[id] < 0 ||
        !product_waits(plan, id))
      continue;
    const Node *node = graph_node(&plan->graph, id);
    Item *reader = &plan->items[readers[id]];
    int64_t rows = block_rows(node, graph_node(&plan->graph, node->inputs[0]));
    if (rows == 0 || !goes_by_rows(plan, reader, node)) continue;
    reader->at_once = true;
    block_beside(plan, reader, rows, readers);
    tie(plan, id, &plan->items[facts->item], reader);
    shorten(plan, id, rows);
  }
  mem_free(readers);
}
