/* synonym.c — other tools' names for what has another name in gd.
 *
 * One table serves names, arguments and clauses.  A row applies only if gd's word is a candidate,
 * so `gamma` means a factor in a schedule that has one and nothing elsewhere.  Case and `_` do not
 * matter.  What has no name in gd, only another notation, is in FOREIGN_NAMES in foreign.c.
 *
 * To add a word: one row of SYNONYMS; of ADVISED, with the expression to write, where gd's word in
 * its place would run and compute something else.
 */
#include "lang/syntax/synonym.h"

#include <string.h>

typedef struct Synonym {
  const char *word; /* the other tool's word; lower case, without `_` */
  const char *ours; /* gd's word */
} Synonym;

typedef struct Advised {
  Synonym synonym;
  const char *advice; /* what to write in full */
} Advised;

/* clang-format off */
static const Synonym SYNONYMS[] = {
  /* elementwise and reducing */
  {"clip", "clamp"}, {"clampmin", "maximum"}, {"clampmax", "minimum"}, {"ln", "log"}, {"absolute", "abs"}, {"fabs", "abs"}, {"signum", "sign"},
  {"sgn", "sign"}, {"arcsin", "asin"}, {"arccos", "acos"}, {"arctan", "atan"}, {"arctan2", "atan2"}, {"arcsinh", "asinh"}, {"arccosh", "acosh"},
  {"arctanh", "atanh"}, {"truncate", "trunc"}, {"fix", "trunc"}, {"ceiling", "ceil"}, {"rint", "round"}, {"sqr", "square"}, {"fmax", "maximum"},
  {"fmin", "minimum"}, {"gammaln", "lgamma"}, {"swish", "silu"}, {"logistic", "sigmoid"}, {"expit", "sigmoid"}, {"invlogit", "sigmoid"}, {"log1pexp", "softplus"}, {"loginvlogit", "log_sigmoid"},
  {"logsigmoid", "log_sigmoid"}, {"leakyrelu", "leaky_relu"}, {"average", "mean"}, {"avg", "mean"}, {"amax", "max"}, {"amin", "min"}, {"stddev", "std"},
  {"standarddeviation", "std"}, {"product", "prod"}, {"total", "sum"}, {"reducesum", "sum"},
  {"reducemean", "mean"}, {"reducemax", "max"}, {"reducemin", "min"}, {"lse", "logsumexp"},
  {"cumulativesum", "cumsum"}, {"ifelse", "where"}, {"iif", "where"}, {"topn", "topk"},
  /* making and moving */
  {"identity", "eye"}, {"standardnormal", "randn"},
  {"randint64", "randint"}, {"randperm", "permutation"},
  {"manualseed", "seed"}, {"setseed", "seed"}, {"randomseed", "seed"}, {"onehotencode", "one_hot"}, {"astensor", "tensor"},
  {"fromnumpy", "tensor"}, {"view", "reshape"},
  {"cat", "concat"}, {"concatenate", "concat"},
  {"broadcastto", "expand"}, {"numel", "size"}, {"nelement", "size"}, {"nrow", "len"}, {"length", "len"}, {"count", "len"}, {"ndim", "rank"},
  {"dim", "rank"}, {"ndims", "rank"}, {"reverse", "flip"}, {"rev", "flip"}, {"takealongaxis", "gather"}, {"repeatinterleave", "repeat"},
  {"floordivide", "idiv"}, {"floordiv", "idiv"}, {"modulelist", "list"},
  {"padding", "pad"}, {"typeof", "type"}, {"float32", "f32"}, {"float64", "f64"}, {"double", "f64"}, {"int32", "i32"}, {"uint8", "u8"}, {"bfloat16", "bf16"},
  {"tocategorical", "one_hot"}, {"categoryencoding", "one_hot"}, {"unflatten", "reshape"}, {"resizing", "resize"}, {"zeropad1d", "pad"},
  {"zeropad2d", "pad"}, {"zeropadding1d", "pad"}, {"zeropadding2d", "pad"}, {"constantpad1d", "pad"}, {"constantpad2d", "pad"},
  {"arraysplit", "chunk"}, {"argwhere", "nonzero"}, {"flatnonzero", "nonzero"}, {"unfold", "windows"}, {"empty", "zeros"},
  {"emptylike", "zeros_like"}, {"diagonal", "diag"}, {"kaimingnormal", "he_normal"}, {"kaiminguniform", "he_uniform"},
  {"glorotnormal", "xavier_normal"}, {"glorotuniform", "xavier_uniform"}, {"orthogonalinit", "orthogonal"},
  /* linear algebra */
  {"inv", "inverse"}, {"determinant", "det"}, {"inner", "dot"}, {"leastsquares", "lstsq"},
  {"linsolve", "solve"}, {"chol", "cholesky"},
  /* layers */
  {"linear", "Dense"}, {"fullyconnected", "Dense"}, {"fc", "Dense"}, {"sequential", "chain"}, {"convolution2d", "Conv2d"},
  {"maxpooling2d", "MaxPool2d"}, {"maxpooling1d", "MaxPool1d"}, {"averagepooling2d", "AvgPool2d"}, {"averagepooling1d", "AvgPool1d"}, {"batchnorm1d", "BatchNorm"}, {"convtranspose", "ConvTranspose2d"}, {"conv1dtranspose", "ConvTranspose1d"}, {"conv2dtranspose", "ConvTranspose2d"}, {"deconv2d", "ConvTranspose2d"}, {"adaptiveavgpool2d", "AdaptivePool2d"}, {"globalaveragepooling2d", "GlobalPool"}, {"globalavgpool2d", "GlobalPool"}, {"globalaveragepooling1d", "GlobalPool"}, {"upsampling2d", "Upsample"},
  {"randomhorizontalflip", "random_flip"}, {"randomcrop", "random_crop"}, {"randomrotation", "random_rotate"}, {"gaussiannoise", "random_noise"}, {"batchnorm2d", "BatchNorm"},
  {"layernormalization", "LayerNorm"}, {"groupnormalization", "GroupNorm"}, {"instancenorm1d", "InstanceNorm"}, {"instancenorm2d", "InstanceNorm"}, {"simplernn", "RNN"}, {"embed", "Embedding"},
  {"transformerencoderlayer", "TransformerBlock"}, {"parameter", "param"}, {"variable", "param"}, {"standardscaler", "Standardize"},
  {"numparams", "count"}, {"countparameters", "count"}, {"params", "parameters"}, {"statedict", "parameters"},
  {"transformerencoder", "TransformerBlock"}, {"transformerdecoderlayer", "TransformerBlock"}, {"normalization", "Standardize"}, {"rnncell", "RNN"},
  {"lstmcell", "LSTM"}, {"grucell", "GRU"}, {"upsamplingnearest2d", "Upsample"}, {"upsamplingbilinear2d", "Upsample"},
  {"randomtranslation", "random_shift"}, {"stringlookup", "Vocabulary"}, {"textvectorization", "Vocabulary"},
  {"scaleddotproductattention", "attention"}, {"parameterlist", "list"}, {"transformerdecoder", "TransformerBlock"}, {"syncbatchnorm", "BatchNorm"},
  /* losses and metrics */
  {"mseloss", "mse"}, {"meansquarederror", "mse"}, {"l1loss", "mae"}, {"meanabsoluteerror", "mae"}, {"smoothl1loss", "huber"},
  {"huberloss", "huber"}, {"softmaxcrossentropy", "cross_entropy"},
  {"nllloss", "nll"},
  {"bcewithlogits", "binary_cross_entropy"}, {"bcewithlogitsloss", "binary_cross_entropy"}, {"binarycrossentropywithlogits", "binary_cross_entropy"},
  {"hingeloss", "hinge"}, {"focalloss", "focal"},
  {"acc", "accuracy"}, {"rocauc", "auc"}, {"auroc", "auc"},
  {"rsquared", "r2"}, {"sensitivity", "recall"}, {"confusion", "confusion_matrix"},
  {"rootmeansquarederror", "rmse"}, {"logcoshloss", "log_cosh"}, {"poissonnll", "poisson"}, {"poissonnllloss", "poisson"}, {"pinball", "quantile_loss"},
  {"pinballloss", "quantile_loss"}, {"ntxent", "info_nce"}, {"ece", "calibration"},
  {"expectedcalibrationerror", "calibration"}, {"permutationimportance", "importance"},
  {"featureimportance", "importance"}, {"lora", "LowRank"}, {"tokenizer", "Vocabulary"}, {"vocab", "Vocabulary"},
  {"tripletmarginloss", "triplet"}, {"tripletmarginwithdistanceloss", "triplet"}, {"tripletloss", "triplet"}, {"cosineembeddingloss", "cosine_loss"},
  {"contrastiveloss", "contrastive"}, {"infonceloss", "info_nce"}, {"multilabelsoftmarginloss", "binary_cross_entropy"},
  {"sigmoidcrossentropy", "binary_cross_entropy"}, {"sigmoidbinarycrossentropy", "binary_cross_entropy"}, {"sigmoidfocalloss", "focal"}, {"binaryfocalcrossentropy", "focal"},
  {"categoricalfocalcrossentropy", "focal"}, {"softmaxcrossentropywithintegerlabels", "cross_entropy"},
  {"softmaxcrossentropywithlogits", "cross_entropy"}, {"kullbackleiblerdivergence", "kl_divergence"}, {"squaredhingeloss", "squared_hinge"},
  {"categoricalaccuracy", "accuracy"}, {"sparsecategoricalaccuracy", "accuracy"}, {"binaryaccuracy", "accuracy"},
  {"topkcategoricalaccuracy", "top_k"}, {"sparsetopkcategoricalaccuracy", "top_k"},
  {"cosinedistance", "cosine_loss"},
  /* training */
  {"gradientdescent", "GD"}, {"stochasticgradientdescent", "SGD"}, {"lineardecay", "polynomial"}, {"steplr", "step_decay"},
  {"exponentiallr", "exponential"}, {"cosineannealing", "cosine"}, {"cosineannealinglr", "cosine"}, {"cosinedecay", "cosine"},
  {"onecyclelr", "one_cycle"}, {"onecycle", "one_cycle"}, {"reducelronplateau", "on_plateau"}, {"cycliclr", "cyclic"}, {"gradient", "grad"}, {"derivative", "grad"},
  {"jac", "jacobian"}, {"jacfwd", "jacobian"}, {"jacrev", "jacobian"}, {"valueandgradient", "value_and_grad"}, {"detach", "stop_gradient"}, {"stopgrad", "stop_gradient"},
  {"testmode", "inference"}, {"evalmode", "inference"}, {"inferencemode", "inference"}, {"checkgrad", "check_gradient"}, {"gradcheck", "check_gradient"}, {"vectorize", "vmap"},
  {"multisteplr", "piecewise"}, {"piecewiseconstantdecay", "piecewise"}, {"piecewiseconstantschedule", "piecewise"}, {"joinschedules", "piecewise"},
  {"sequentiallr", "piecewise"}, {"constantlr", "piecewise"}, {"constantschedule", "constant"}, {"linearlr", "warmup"},
  {"linearschedule", "polynomial"}, {"polynomiallr", "polynomial"}, {"polynomialdecay", "polynomial"}, {"polynomialschedule", "polynomial"},
  {"inversetimedecay", "inverse_time"}, {"cosineannealingwarmrestarts", "cosine_restarts"}, {"cosinedecayrestarts", "cosine_restarts"},
  {"cosinedecayschedule", "cosine"}, {"cosineonecycleschedule", "one_cycle"}, {"warmupcosinedecayschedule", "warmup"},
  {"exponentialdecayschedule", "exponential"}, {"dadaptadam", "DAdaptation"}, {"noisysgd", "Noise"}, {"treemap", "map_tree"},
  {"treeflatten", "flatten_tree"}, {"ravelpytree", "flatten_tree"}, {"parameterstovector", "flatten_tree"}, {"customvjp", "custom_gradient"},
  {"remat", "checkpoint_gradients"}, {"makejaxpr", "explain"}, {"customjvp", "custom_gradient"}, {"treeleaves", "flatten_tree"},
  {"sgdrschedule", "cosine_restarts"}, {"warmupexponentialdecayschedule", "warmup"},
  /* data and files */
  {"readcsv", "csv"}, {"describe", "summary"}, {"getdummies", "one_hot"}, {"minmaxscaler", "Standardize"}, {"loadcsv", "csv"}, {"loadtxt", "csv"}, {"kfold", "folds"}, {"dataloader", "batches"}, {"tensordataset", "dataset"},
  {"makemoons", "moons"}, {"makeblobs", "blobs"}, {"makecircles", "rings"}, {"readfile", "read"}, {"writefile", "write"}, {"readlines", "lines"}, {"input", "read_line"},
  {"echo", "print"}, {"display", "print"}, {"tostring", "str"}, {"string", "str"}, {"parse", "number"}, {"tofloat", "number"}, {"raise", "error"}, {"throw", "error"},
  {"panic", "error"}, {"now", "clock"}, {"quit", "exit"}, {"getenv", "env"}, {"fold", "reduce"}, {"foldl", "reduce"}, {"strip", "trim"}, {"tolower", "lower"}, {"lowercase", "lower"},
  {"toupper", "upper"}, {"uppercase", "upper"}, {"startswith", "starts_with"}, {"endswith", "ends_with"},
  {"stratifiedkfold", "folds"}, {"labelsmoothingloss", "cross_entropy"}, {"globalnorm", "norm"}, {"multitransform", "groups"},
  {"settozero", "freeze"},
  /* arguments */
  {"learningrate", "lr"}, {"rate", "lr"}, {"eta", "lr"}, {"stepsize", "lr"}, {"alpha", "lr"}, {"lambda", "weight_decay"}, {"wd", "weight_decay"},
  {"weightdecayrate", "weight_decay"}, {"epsilon", "eps"}, {"rho", "alpha"}, {"mu", "momentum"}, {"beta", "momentum"}, {"nesterovmomentum", "nesterov"},
  {"dim", "axis"}, {"axes", "axis"}, {"dims", "axis"}, {"keepdim", "keep"}, {"keepdims", "keep"}, {"correction", "ddof"},
  {"infeatures", "inputs"}, {"inputdim", "inputs"}, {"inputsize", "inputs"}, {"nin", "inputs"}, {"outfeatures", "outputs"}, {"outputdim", "outputs"}, {"units", "outputs"}, {"nout", "outputs"}, {"usebias", "bias"},
  {"inchannels", "inputs"}, {"outchannels", "outputs"}, {"filters", "outputs"}, {"kernelsize", "size"}, {"kernel", "size"}, {"strides", "stride"}, {"poolsize", "size"}, {"numgroups", "groups"}, {"countincludepad", "count_padding"}, {"outputpadding", "output_padding"}, {"scalefactor", "by"}, {"outputsize", "size"}, {"dropoutrate", "rate"}, {"p", "rate"}, {"probability", "rate"},
  {"numembeddings", "count"}, {"vocabsize", "count"}, {"embeddingdim", "dim"}, {"normalizedshape", "dim"}, {"numfeatures", "dim"}, {"num", "n"}, {"labelsmoothing", "smoothing"}, {"ignoreindex", "ignore"}, {"reduction", "reduce"},
  {"sampleweight", "weights"}, {"ord", "p"}, {"fillvalue", "value"}, {"sep", "separator"}, {"delimiter", "separator"}, {"delim", "separator"}, {"usecols", "columns"}, {"navalues", "marks"}, {"na", "missing"}, {"fillna", "missing"},
  {"skiprows", "skip"}, {"label", "target"}, {"y", "target"}, {"sigma", "std"}, {"scale", "std"}, {"minval", "low"}, {"maxval", "high"},
  {"gamma", "factor"}, {"maxnorm", "norm"}, {"clipvalue", "value"}, {"clipnorm", "norm"}, {"totalsteps", "steps"}, {"tmax", "steps"},
  /* clauses of train */
  {"numlayers", "layers"}, {"nlayers", "layers"}, {"batchsize", "batch"}, {"minibatch", "batch"}, {"bs", "batch"}, {"numepochs", "epochs"}, {"nepochs", "epochs"}, {"maxepochs", "epochs"}, {"iterations", "steps"}, {"iters", "steps"}, {"maxiter", "steps"}, {"maxsteps", "steps"},
  {"niter", "steps"}, {"validation", "validate"}, {"valid", "validate"}, {"val", "validate"}, {"validationdata", "validate"}, {"evaluate", "validate"}, {"criterion", "loss"}, {"objective", "loss"}, {"cost", "loss"}, {"minimize", "loss"},
  {"minimise", "loss"}, {"lossfn", "loss"}, {"opt", "optimizer"}, {"optim", "optimizer"}, {"optimiser", "optimizer"}, {"solver", "optimizer"}, {"metric", "metrics"},
  {"gradaccum", "accumulate"}, {"accumulationsteps", "accumulate"}, {"gradientaccumulation", "accumulate"}, {"until", "stop"}, {"callback", "each_epoch"},
  {"callbacks", "each_epoch"}, {"onepoch", "each_epoch"}, {"onstep", "each_step"}, {"silent", "quiet"}, {"save", "checkpoint"}, {"ckpt", "checkpoint"},
  {"droplast", "drop_last"}, {"shuffled", "shuffle"}, {"tensorboard", "log"}, {"logger", "log"},
  /* the history */
  {"valloss", "val_loss"}, {"losses", "loss"}, {"nsteps", "steps"}, {"time", "seconds"}, {"elapsed", "seconds"}, {"reason", "stopped"}, {"stopreason", "stopped"}, {"lrs", "lr"},
};

/* Where gd's word in its place would be wrong: it means something similar, takes other arguments or
 * another order of them, or says the opposite. */
static const Advised ADVISED[] = {
  {{"weightdecay", "beta2"}, "AdamW has it: `AdamW(lr: 1e-3, weight_decay: 0.01)`"},
  {{"stdev", "std"}, "`std(x)` divides by n, `std(x, ddof: 1)` by n - 1"},
  {{"variance", "var"}, "`var(x)` divides by n, `var(x, ddof: 1)` by n - 1"},
  {{"percentile", "quantile"}, "`quantile(x, 0.95)`: the fraction is from 0 to 1"},
  {{"rnorm", "randn"}, "`normal(5, mean: 0, std: 1)`; the arguments without a name are sizes"},
  {{"randomnormal", "randn"}, "`normal(5, mean: 0, std: 1)`; the arguments without a name are sizes"},
  {{"gauss", "randn"}, "`normal(5, mean: 0, std: 1)`; the arguments without a name are sizes"},
  {{"runif", "rand"}, "`uniform(5, low: 0, high: 1)`; the arguments without a name are sizes"},
  {{"randomuniform", "rand"}, "`uniform(5, low: 0, high: 1)`; the arguments without a name are sizes"},
  {{"randlike", "rand"}, "`rand(shape(x))`: the arguments are sizes"},
  {{"randnlike", "randn"}, "`randn(shape(x))`: the arguments are sizes"},
  {{"resizeas", "reshape"}, "`reshape(x, shape(y))`"},
  {{"hstack", "concat"}, "`concat(a, b, axis: 1)` of matrices, `concat(a, b)` of vectors"},
  {{"vstack", "concat"}, "`concat(a, b)` of matrices, `stack(a, b)` of vectors"},
  {{"fliplr", "flip"}, "`flip(x, axis: 1)`; without an axis all are reversed"},
  {{"interpolate", "resize"}, "`resize(images, h, w, mode: \"nearest\")`; without a mode \"bilinear\""},
  {{"matvec", "dot"}, "`A @ x` is the product of a matrix and a vector"},
  {{"eig", "eigh"}, "`eigh(a)` is for symmetric matrices alone"},
  {{"eigvalsh", "eigh"}, "`eigh(a).0` are the eigenvalues of a symmetric matrix"},
  {{"bucketize", "searchsorted"}, "`searchsorted(edges, x)`: the sorted edges come first"},
  {{"digitize", "searchsorted"}, "`searchsorted(edges, x, right: true)`: the sorted edges come first"},
  {{"compose", "chain"}, "`chain(f, g)(x)` is `g(f(x))`: the first is applied first"},
  {{"adaptivemaxpool2d", "AdaptivePool2d"}, "`AdaptivePool2d(size, mode: \"max\")`"},
  {{"globalmaxpooling2d", "GlobalPool"}, "`GlobalPool(mode: \"max\")`"},
  {{"globalmaxpooling1d", "GlobalPool"}, "`GlobalPool(mode: \"max\")`"},
  {{"randomverticalflip", "random_flip"}, "`random_flip(x, p: 0.5, axis: 2)`"},
  {{"batchnormalization", "BatchNorm"}, "`BatchNorm(dim)`; its `momentum` is the weight of the batch, not of the past"},
  {{"multiheadattention", "Attention"}, "`Attention(width, heads)`: the width of x, then the number of heads"},
  {{"l2loss", "mse"}, "`mse(prediction, target)` is the mean of the squares, not half of their sum"},
  {{"crossentropyloss", "cross_entropy"}, "`cross_entropy(logits, labels)`: logits, without a softmax"},
  {{"categoricalcrossentropy", "cross_entropy"}, "`cross_entropy(logits, labels)`: the logits first, without a softmax"},
  {{"sparsecategoricalcrossentropy", "cross_entropy"}, "`cross_entropy(logits, labels)`: the logits first, without a softmax"},
  {{"bce", "binary_cross_entropy"}, "`binary_cross_entropy(logits, targets)`: logits, without a sigmoid"},
  {{"bceloss", "binary_cross_entropy"}, "`binary_cross_entropy(logits, targets)`: logits, without a sigmoid"},
  {{"logloss", "binary_cross_entropy"}, "`binary_cross_entropy(logits, targets)`: the logits first, without a sigmoid"},
  {{"kldiv", "kl_divergence"}, "`kl_divergence(p, q)`: two distributions, no logarithms, the true one first"},
  {{"kldivloss", "kl_divergence"}, "`kl_divergence(p, q)`: two distributions, no logarithms, the true one first"},
  {{"ctcloss", "ctc"}, "`ctc(logits, labels)`: logits [N, T, K], the batch first, without a softmax"},
  {{"accuracyscore", "accuracy"}, "`accuracy(scores, labels)`: the scores first"},
  {{"f1score", "f1"}, "`f1(scores, labels)`: the scores first"},
  {{"rocaucscore", "auc"}, "`auc(scores, labels)`: the scores first"},
  {{"r2score", "r2"}, "`r2(prediction, target)`: the prediction first"},
  {{"precisionscore", "precision"}, "`precision(scores, labels)`: the scores first"},
  {{"recallscore", "recall"}, "`recall(scores, labels)`: the scores first"},
  {{"averageprecisionscore", "average_precision"}, "`average_precision(scores, labels)`: the scores first"},
  {{"calibrationcurve", "calibration"}, "`calibration(scores, labels, table: true)`: the scores first"},
  {{"exponentialdecay", "exponential"}, "`exponential(start, factor, steps: n)`: the factor before the steps"},
  {{"traintestsplit", "split"}, "`let (most, rest) = split(shuffle(d), 0.8)`: `split` keeps the order, and takes a dataset"},
  {{"randomsplit", "split"}, "`let (most, rest) = split(shuffle(d), 0.8)`: `split` keeps the order"},
  {{"loaddigits", "digits"}, "`digits(n)` draws n images [28, 28] that resemble handwriting; it reads no data set"},
  {{"tolist", "list"}, "`[v for v in x]` is a list of the rows; most functions take a tensor as it is"},
  {{"segmentsum", "scatter_add"}, "`scatter_add(zeros(n, d), index, values)`: row k is the sum of the rows whose index is k"},
  {{"unsortedsegmentsum", "scatter_add"}, "`scatter_add(zeros(n, d), index, values)`: row k is the sum of the rows whose index is k"},
  {{"indexadd", "scatter_add"}, "`scatter_add(x, index, values)` adds rows at the positions; equal positions add up"},
  {{"scatternd", "scatter_add"}, "`scatter_add(zeros(n, d), index, values)` adds up what has one position, `scatter` keeps the last"},
  {{"astype", "f32"}, "`f32(x)`, `f64(x)`, `i32(x)` convert"},
  {{"decay", "weight_decay"}, "`weight_decay:` draws params to 0; a falling rate is a schedule: `lr: exponential(0.1, 0.99)`"},
  {{"l2", "weight_decay"}, "`weight_decay: d` adds `d p` to the gradient, as a penalty `d / 2 sum(p^2)` does"},
  {{"betas", "beta1"}, "`beta1: 0.9, beta2: 0.999`"},
  {{"unbiased", "ddof"}, "`ddof: 1` divides by n - 1, `ddof: 0` by n"},
  {{"weight", "weights"}, "`weights:` has a value for each row; of weights w by class: `weights: w[y]`"},
  {{"gradclip", "clip"}, "`clip: (norm: 1)`, or `clip: (value: 0.5)` for each element"},
  {{"gradientclipping", "clip"}, "`clip: (norm: 1)`, or `clip: (value: 0.5)` for each element"},
  {{"clipgradnorm", "clip"}, "`clip: (norm: 1)`"},
  {{"earlystopping", "stop"}, "`stop: stalled(val_loss, 5)`"},
  {{"patience", "stop"}, "`stop: stalled(val_loss, 5)`"},
  {{"verbose", "quiet"}, "a terminal shows the progress; `quiet: true` hides it"},
  {{"savebest", "keep"}, "`keep: best(val_loss)`"},
  {{"restorebest", "keep"}, "`keep: best(val_loss)`"},
  {{"best", "keep"}, "`keep: best(val_loss)`"},
  {{"ema", "average"}, "`average: ema(0.999)`"},
  {{"clipnorm", "clip"}, "`clip: (norm: 1)`"},
};
/* clang-format on */

/* Is `name` this word, apart from case and `_`? */
static bool is_word(const char *name, const char *word) {
  for (;; name++) {
    if (*name == '_') continue;
    char letter = *name >= 'A' && *name <= 'Z' ? (char)(*name + 32) : *name;
    if (letter != *word) return false;
    if (!letter) return true;
    word++;
  }
}

static bool is_row(const Synonym *row, const char *word, const char *ours) {
  return (!ours || strcmp(row->ours, ours) == 0) && is_word(word, row->word);
}

/* Is it a word for `ours`; NULL: for anything? */
static bool find(const char *word, const char *ours) {
  for (int i = 0; i < COUNT_OF(SYNONYMS); i++)
    if (is_row(&SYNONYMS[i], word, ours)) return true;
  for (int i = 0; i < COUNT_OF(ADVISED); i++)
    if (is_row(&ADVISED[i].synonym, word, ours)) return true;
  return false;
}

bool synonym_known(const char *word) { return find(word, NULL); }

bool synonym_is(const char *word, const char *ours) { return find(word, ours); }

const char *synonym_advice(const char *word, const char *ours) {
  for (int i = 0; i < COUNT_OF(ADVISED); i++)
    if (is_row(&ADVISED[i].synonym, word, ours)) return ADVISED[i].advice;
  return NULL;
}
