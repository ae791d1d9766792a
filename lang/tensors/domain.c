/* domain.c — the domains of params (LANGUAGE.md section 6) as nodes: positive = softplus(raw), unit
 * = sigmoid(raw), simplex = softmax(raw) over the last axis. */
#include "lang/tensors/domain.h"

extern const Op OP_ADD, OP_EXPM1, OP_LOG, OP_LOG1P, OP_NEG, OP_SIGMOID, OP_SOFTMAX, OP_SOFTPLUS,
    OP_SUB;

NodeId domain_inside(Maker *maker, NodeId raw, Domain domain) {
  switch (domain) {
    case DOMAIN_POSITIVE: return make1(maker, OP_SOFTPLUS, raw);
    case DOMAIN_UNIT: return make1(maker, OP_SIGMOID, raw);
    case DOMAIN_SIMPLEX: {
      int64_t axis = make_type(maker, raw)->shape.rank - 1;
      return graph_emit(maker->graph, OP_SOFTMAX, &raw, 1, &axis, 1, maker->diag);
    }
    default: return raw;
  }
}

/* softplus⁻¹(v) = v + log(1 - exp(-v)). */
NodeId domain_outside(Maker *maker, NodeId value, Domain domain) {
  switch (domain) {
    case DOMAIN_POSITIVE: {
      NodeId rest = make1(
          maker, OP_LOG, make1(maker, OP_NEG, make1(maker, OP_EXPM1, make1(maker, OP_NEG, value))));
      return make2(maker, OP_ADD, value, rest);
    }
    case DOMAIN_UNIT:
      return make2(maker, OP_SUB, make1(maker, OP_LOG, value),
                   make1(maker, OP_LOG1P, make1(maker, OP_NEG, value)));
    case DOMAIN_SIMPLEX: return make1(maker, OP_LOG, value);
    default: return value;
  }
}
