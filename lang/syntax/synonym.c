/* synonym.c — other tools' names for what has another name in gd.
 *
 * One table serves names, arguments and clauses.  A row applies only if gd's word is a candidate,
 * so `gamma` means a factor in a schedule that has one and nothing elsewhere.  Case and `_` do not
 * matter.  What has no name in gd, only another notation, is in FOREIGN_NAMES in explain.c.
 *
 * To add a word: one row.
 */
#include "lang/syntax/synonym.h"

#include <string.h>

typedef struct Synonym {
  const char *word; /* the other tool's word; lower case, without `_` */
  const char *ours; /* gd's word */
} Synonym;

/* clang-format off */
static const Synonym SYNONYMS[] = {
  /* elementwise and reducing */
  {"clip", "clamp"}, {"clampmin", "maximum"}, {"clampmax", "minimum"}, {"ln", "log"}, {"absolute", "abs"}, {"fabs", "abs"}, {"signum", "sign"},
  {"sgn", "sign"}, {"arcsin", "asin"}, {"arccos", "acos"}, {"arctan", "atan"}, {"arctan2", "atan2"}, {"arcsinh", "asinh"}, {"arccosh", "acosh"},
  {"arctanh", "atanh"}, {"truncate", "trunc"}, {"fix", "trunc"}, {"ceiling", "ceil"}, {"rint", "round"}, {"sqr", "square"}, {"fmax", "maximum"},
  {"fmin", "minimum"}, {"gammaln", "lgamma"}, {"swish", "silu"}, {"logistic", "sigmoid"}, {"expit", "sigmoid"},
  {"logsigmoid", "log_sigmoid"}, {"leakyrelu", "leaky_relu"}, {"average", "mean"}, {"avg", "mean"}, {"amax", "max"}, {"amin", "min"}, {"stddev", "std"},
  {"stdev", "std"}, {"standarddeviation", "std"}, {"variance", "var"}, {"product", "prod"}, {"total", "sum"}, {"reducesum", "sum"},
  {"reducemean", "mean"}, {"reducemax", "max"}, {"reducemin", "min"}, {"lse", "logsumexp"}, {"percentile", "quantile"},
  {"cumulativesum", "cumsum"}, {"ifelse", "where"}, {"iif", "where"}, {"topn", "topk"},
  /* making and moving */
  {"identity", "eye"}, {"rnorm", "randn"}, {"randomnormal", "randn"}, {"gauss", "randn"}, {"standardnormal", "randn"},
  {"runif", "rand"}, {"randomuniform", "rand"}, {"randint64", "randint"}, {"randperm", "permutation"},
  {"manualseed", "seed"}, {"setseed", "seed"}, {"randomseed", "seed"}, {"onehotencode", "one_hot"}, {"astensor", "tensor"},
  {"fromnumpy", "tensor"}, {"view", "reshape"}, {"resizeas", "reshape"},
  {"cat", "concat"}, {"concatenate", "concat"}, {"hstack", "concat"}, {"vstack", "concat"},
  {"broadcastto", "expand"}, {"numel", "size"}, {"nelement", "size"}, {"nrow", "len"}, {"length", "len"}, {"count", "len"}, {"ndim", "rank"},
  {"dim", "rank"}, {"ndims", "rank"}, {"fliplr", "flip"}, {"reverse", "flip"}, {"rev", "flip"}, {"takealongaxis", "gather"}, {"repeatinterleave", "repeat"},
  {"randlike", "rand"}, {"randnlike", "randn"}, {"interpolate", "resize"}, {"floordivide", "idiv"}, {"floordiv", "idiv"}, {"modulelist", "list"},
  {"padding", "pad"}, {"astype", "f32"}, {"typeof", "type"}, {"float32", "f32"}, {"float64", "f64"}, {"double", "f64"}, {"int32", "i32"}, {"uint8", "u8"}, {"bfloat16", "bf16"},
  /* linear algebra */
  {"inv", "inverse"}, {"determinant", "det"}, {"inner", "dot"}, {"matvec", "dot"}, {"eig", "eigh"}, {"eigvalsh", "eigh"}, {"leastsquares", "lstsq"},
  {"linsolve", "solve"}, {"chol", "cholesky"},
  /* layers */
  {"linear", "Dense"}, {"fullyconnected", "Dense"}, {"fc", "Dense"}, {"sequential", "chain"}, {"compose", "chain"}, {"convolution2d", "Conv2d"},
  {"maxpooling2d", "MaxPool2d"}, {"maxpooling1d", "MaxPool1d"}, {"averagepooling2d", "AvgPool2d"}, {"averagepooling1d", "AvgPool1d"}, {"batchnorm1d", "BatchNorm"}, {"convtranspose", "ConvTranspose2d"}, {"conv1dtranspose", "ConvTranspose1d"}, {"conv2dtranspose", "ConvTranspose2d"}, {"deconv2d", "ConvTranspose2d"}, {"adaptiveavgpool2d", "AdaptivePool2d"}, {"adaptivemaxpool2d", "AdaptivePool2d"}, {"globalaveragepooling2d", "GlobalPool"}, {"globalavgpool2d", "GlobalPool"}, {"globalmaxpooling2d", "GlobalPool"}, {"globalaveragepooling1d", "GlobalPool"}, {"globalmaxpooling1d", "GlobalPool"}, {"upsampling2d", "Upsample"},
  {"randomhorizontalflip", "random_flip"}, {"randomverticalflip", "random_flip"}, {"randomcrop", "random_crop"}, {"randomrotation", "random_rotate"}, {"gaussiannoise", "random_noise"}, {"batchnorm2d", "BatchNorm"},
  {"batchnormalization", "BatchNorm"}, {"layernormalization", "LayerNorm"}, {"groupnormalization", "GroupNorm"}, {"instancenorm1d", "InstanceNorm"}, {"instancenorm2d", "InstanceNorm"}, {"simplernn", "RNN"}, {"embed", "Embedding"}, {"multiheadattention", "Attention"},
  {"transformerencoderlayer", "TransformerBlock"}, {"parameter", "param"}, {"variable", "param"}, {"standardscaler", "Standardize"},
  {"numparams", "count"}, {"countparameters", "count"}, {"params", "parameters"}, {"statedict", "parameters"},
  /* losses and metrics */
  {"mseloss", "mse"}, {"meansquarederror", "mse"}, {"l2loss", "mse"}, {"l1loss", "mae"}, {"meanabsoluteerror", "mae"}, {"smoothl1loss", "huber"},
  {"huberloss", "huber"}, {"crossentropyloss", "cross_entropy"}, {"categoricalcrossentropy", "cross_entropy"}, {"softmaxcrossentropy", "cross_entropy"},
  {"sparsecategoricalcrossentropy", "cross_entropy"}, {"nllloss", "nll"}, {"bce", "binary_cross_entropy"}, {"bceloss", "binary_cross_entropy"},
  {"bcewithlogits", "binary_cross_entropy"}, {"bcewithlogitsloss", "binary_cross_entropy"}, {"binarycrossentropywithlogits", "binary_cross_entropy"},
  {"logloss", "binary_cross_entropy"}, {"kldiv", "kl_divergence"}, {"kldivloss", "kl_divergence"}, {"hingeloss", "hinge"}, {"focalloss", "focal"}, {"ctcloss", "ctc"},
  {"accuracyscore", "accuracy"}, {"acc", "accuracy"}, {"f1score", "f1"}, {"rocauc", "auc"}, {"rocaucscore", "auc"}, {"auroc", "auc"}, {"r2score", "r2"},
  {"rsquared", "r2"}, {"precisionscore", "precision"}, {"recallscore", "recall"}, {"sensitivity", "recall"}, {"confusion", "confusion_matrix"},
  {"rootmeansquarederror", "rmse"}, {"logcoshloss", "log_cosh"}, {"poissonnll", "poisson"}, {"poissonnllloss", "poisson"}, {"pinball", "quantile_loss"},
  {"pinballloss", "quantile_loss"}, {"ntxent", "info_nce"}, {"averageprecisionscore", "average_precision"}, {"ece", "calibration"},
  {"expectedcalibrationerror", "calibration"}, {"calibrationcurve", "calibration"}, {"permutationimportance", "importance"},
  {"featureimportance", "importance"}, {"lora", "LowRank"}, {"tokenizer", "Vocabulary"}, {"vocab", "Vocabulary"},
  /* training */
  {"gradientdescent", "GD"}, {"stochasticgradientdescent", "SGD"}, {"lineardecay", "polynomial"}, {"steplr", "step_decay"},
  {"exponentiallr", "exponential"}, {"exponentialdecay", "exponential"}, {"cosineannealing", "cosine"}, {"cosineannealinglr", "cosine"}, {"cosinedecay", "cosine"},
  {"onecyclelr", "one_cycle"}, {"onecycle", "one_cycle"}, {"reducelronplateau", "on_plateau"}, {"cycliclr", "cyclic"}, {"gradient", "grad"}, {"derivative", "grad"},
  {"jac", "jacobian"}, {"jacfwd", "jacobian"}, {"jacrev", "jacobian"}, {"valueandgradient", "value_and_grad"}, {"detach", "stop_gradient"}, {"stopgrad", "stop_gradient"},
  {"nograd", "stop_gradient"}, {"checkgrad", "check_gradient"}, {"gradcheck", "check_gradient"}, {"vectorize", "vmap"},
  /* data and files */
  {"readcsv", "csv"}, {"loadcsv", "csv"}, {"loadtxt", "csv"}, {"traintestsplit", "split"}, {"randomsplit", "split"}, {"kfold", "folds"}, {"dataloader", "batches"}, {"tensordataset", "dataset"},
  {"makemoons", "moons"}, {"makeblobs", "blobs"}, {"makecircles", "rings"}, {"loaddigits", "digits"}, {"readfile", "read"}, {"writefile", "write"}, {"readlines", "lines"}, {"input", "read_line"},
  {"tolist", "list"}, {"echo", "print"}, {"display", "print"}, {"tostring", "str"}, {"string", "str"}, {"parse", "number"}, {"tofloat", "number"}, {"raise", "error"}, {"throw", "error"},
  {"panic", "error"}, {"now", "clock"}, {"quit", "exit"}, {"getenv", "env"}, {"fold", "reduce"}, {"foldl", "reduce"}, {"strip", "trim"}, {"tolower", "lower"}, {"lowercase", "lower"},
  {"toupper", "upper"}, {"uppercase", "upper"}, {"startswith", "starts_with"}, {"endswith", "ends_with"},
  /* arguments */
  {"learningrate", "lr"}, {"rate", "lr"}, {"eta", "lr"}, {"stepsize", "lr"}, {"alpha", "lr"}, {"lambda", "weight_decay"}, {"decay", "weight_decay"}, {"wd", "weight_decay"},
  {"l2", "weight_decay"}, {"weightdecayrate", "weight_decay"}, {"betas", "beta1"}, {"epsilon", "eps"}, {"rho", "alpha"}, {"mu", "momentum"}, {"beta", "momentum"}, {"nesterovmomentum", "nesterov"},
  {"dim", "axis"}, {"axes", "axis"}, {"dims", "axis"}, {"keepdim", "keep"}, {"keepdims", "keep"}, {"correction", "ddof"}, {"unbiased", "ddof"},
  {"infeatures", "inputs"}, {"inputdim", "inputs"}, {"inputsize", "inputs"}, {"nin", "inputs"}, {"outfeatures", "outputs"}, {"outputdim", "outputs"}, {"units", "outputs"}, {"nout", "outputs"}, {"usebias", "bias"},
  {"inchannels", "inputs"}, {"outchannels", "outputs"}, {"filters", "outputs"}, {"kernelsize", "size"}, {"kernel", "size"}, {"strides", "stride"}, {"poolsize", "size"}, {"numgroups", "groups"}, {"countincludepad", "count_padding"}, {"outputpadding", "output_padding"}, {"scalefactor", "by"}, {"outputsize", "size"}, {"dropoutrate", "rate"}, {"p", "rate"}, {"probability", "rate"},
  {"numembeddings", "count"}, {"vocabsize", "count"}, {"embeddingdim", "dim"}, {"normalizedshape", "dim"}, {"numfeatures", "dim"}, {"num", "n"}, {"labelsmoothing", "smoothing"}, {"ignoreindex", "ignore"}, {"reduction", "reduce"},
  {"weight", "weights"}, {"sampleweight", "weights"}, {"ord", "p"}, {"fillvalue", "value"}, {"sep", "separator"}, {"delimiter", "separator"}, {"delim", "separator"}, {"usecols", "columns"}, {"navalues", "marks"}, {"na", "missing"}, {"fillna", "missing"},
  {"skiprows", "skip"}, {"label", "target"}, {"y", "target"}, {"sigma", "std"}, {"scale", "std"}, {"minval", "low"}, {"maxval", "high"},
  {"gamma", "factor"}, {"maxnorm", "norm"}, {"clipvalue", "value"}, {"clipnorm", "norm"}, {"totalsteps", "steps"}, {"tmax", "steps"},
  /* clauses of train */
  {"batchsize", "batch"}, {"minibatch", "batch"}, {"bs", "batch"}, {"numepochs", "epochs"}, {"nepochs", "epochs"}, {"maxepochs", "epochs"}, {"iterations", "steps"}, {"iters", "steps"}, {"maxiter", "steps"}, {"maxsteps", "steps"},
  {"niter", "steps"}, {"validation", "validate"}, {"valid", "validate"}, {"val", "validate"}, {"validationdata", "validate"}, {"evaluate", "validate"}, {"criterion", "loss"}, {"objective", "loss"}, {"cost", "loss"}, {"minimize", "loss"},
  {"minimise", "loss"}, {"lossfn", "loss"}, {"opt", "optimizer"}, {"optim", "optimizer"}, {"optimiser", "optimizer"}, {"solver", "optimizer"}, {"metric", "metrics"}, {"gradclip", "clip"}, {"clipnorm", "clip"}, {"gradientclipping", "clip"},
  {"clipgradnorm", "clip"}, {"gradaccum", "accumulate"}, {"accumulationsteps", "accumulate"}, {"gradientaccumulation", "accumulate"}, {"until", "stop"}, {"earlystopping", "stop"}, {"patience", "stop"}, {"callback", "each_epoch"},
  {"callbacks", "each_epoch"}, {"onepoch", "each_epoch"}, {"onstep", "each_step"}, {"verbose", "quiet"}, {"silent", "quiet"}, {"savebest", "keep"}, {"restorebest", "keep"}, {"best", "keep"}, {"save", "checkpoint"}, {"ckpt", "checkpoint"}, {"ema", "average"},
  {"droplast", "drop_last"}, {"shuffled", "shuffle"}, {"tensorboard", "log"}, {"logger", "log"},
  /* the history */
  {"valloss", "val_loss"}, {"losses", "loss"}, {"nsteps", "steps"}, {"time", "seconds"}, {"elapsed", "seconds"}, {"reason", "stopped"}, {"stopreason", "stopped"}, {"lrs", "lr"},
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

bool synonym_known(const char *word) {
  for (int i = 0; i < COUNT_OF(SYNONYMS); i++)
    if (is_word(word, SYNONYMS[i].word)) return true;
  return false;
}

bool synonym_is(const char *word, const char *ours) {
  for (int i = 0; i < COUNT_OF(SYNONYMS); i++)
    if (strcmp(SYNONYMS[i].ours, ours) == 0 && is_word(word, SYNONYMS[i].word)) return true;
  return false;
}
