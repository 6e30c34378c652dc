using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    // Element by element. Each follows the operator of the same name in PyTorch; `_` at the end works in place.
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Op.add.Call(this, target);

        public Tensor add(Tensor target, Scalar alpha) => Op.add.Call(this, target, alpha);

        public Tensor add(Scalar scalar) => Op.add_scalar.Call(this, scalar);

        public Tensor add_(Tensor target) => Op.add_.RunOn(this, target);

        public Tensor add_(Tensor target, Scalar alpha) => Op.add_.RunOn(this, target, alpha);

        public Tensor add_(Scalar scalar) => Op.add_scalar_.RunOn(this, scalar);

        public Tensor sub(Tensor target) => Op.sub.Call(this, target);

        public Tensor sub(Scalar target) => Op.sub_scalar.Call(this, target);

        public Tensor sub_(Tensor target) => Op.sub_.RunOn(this, target);

        public Tensor sub_(Scalar target) => Op.sub_scalar_.RunOn(this, target);

        public Tensor mul(Tensor target) => Op.mul.Call(this, target);

        public Tensor mul(Scalar target) => Op.mul_scalar.Call(this, target);

        public Tensor mul_(Tensor target) => Op.mul_.RunOn(this, target);

        public Tensor mul_(Scalar target) => Op.mul_scalar_.RunOn(this, target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Op.div.Call(this, target) : Op.div_mode.Call(this, target, NameOf(rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Op.div_scalar.Call(this, target) : Op.div_scalar_mode.Call(this, target, NameOf(rounding_mode));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Op.div_scalar_.RunOn(this, target) : Op.div_scalar_mode_.RunOn(this, target, NameOf(rounding_mode));

        public Tensor remainder(Scalar scalar) => Op.remainder.Call(this, scalar);

        public Tensor pow(Scalar exponent) => Op.pow.Call(this, exponent);

        public Tensor maximum(Tensor other) => Op.maximum.Call(this, other);

        public Tensor minimum(Tensor other) => Op.minimum.Call(this, other);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Op.clamp.Call(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Op.clamp_.RunOn(this, min, max);

        public Tensor clamp_max(Scalar max) => Op.clamp.Call(this, Argument.None, max);

        public Tensor clamp_min(Scalar min) => Op.clamp.Call(this, min);

        public Tensor lerp(Tensor end, Tensor weight) => Op.lerp.Call(this, end, weight);

        public Tensor abs() => Op.abs.Call(this);

        public Tensor neg() => Op.neg.Call(this);

        public Tensor exp() => Op.exp.Call(this);

        public Tensor log() => Op.log.Call(this);

        public Tensor sqrt() => Op.sqrt.Call(this);

        public Tensor sqrt_() => Op.sqrt_.RunOn(this);

        public Tensor square() => Op.square.Call(this);

        public Tensor reciprocal() => Op.reciprocal.Call(this);

        public Tensor floor() => Op.floor.Call(this);

        public Tensor tanh() => Op.tanh.Call(this);

        public Tensor relu() => Op.relu.Call(this);

        public Tensor gelu() => Op.gelu.Call(this);

        public Tensor fill_(Scalar value) => Op.fill_.RunOn(this, value);

        public Tensor zero_() => Op.zero_.RunOn(this);

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) => Op.normal_.RunOn(this, mean, std, generator);

        public Tensor uniform_(double from, double to, Generator? generator = null) => Op.uniform_.RunOn(this, from, to, generator);

        public Tensor eq(Tensor target) => Op.eq.Call(this, target);

        public Tensor eq(Scalar target) => Op.eq_scalar.Call(this, target);

        public Tensor ne(Scalar target) => Op.ne_scalar.Call(this, target);

        public Tensor ne(Tensor target) => Op.ne.Call(this, target);

        public Tensor lt(Tensor target) => Op.lt.Call(this, target);

        public Tensor lt(Scalar target) => Op.lt_scalar.Call(this, target);

        public Tensor le(Tensor target) => Op.le.Call(this, target);

        public Tensor le(Scalar target) => Op.le_scalar.Call(this, target);

        public Tensor gt(Tensor target) => Op.gt.Call(this, target);

        public Tensor gt(Scalar target) => Op.gt_scalar.Call(this, target);

        public Tensor ge(Tensor target) => Op.ge.Call(this, target);

        public Tensor ge(Scalar target) => Op.ge_scalar.Call(this, target);

        public Tensor logical_and(Tensor other) => Op.logical_and.Call(this, other);

        public Tensor logical_or(Tensor other) => Op.logical_or.Call(this, other);

        public Tensor logical_not() => Op.logical_not.Call(this);

        public Tensor isfinite() => Op.isfinite.Call(this);

        public Tensor masked_fill(Tensor mask, Scalar value) => Op.masked_fill.Call(this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Op.masked_fill_.RunOn(this, mask, value);

        public Tensor masked_select(Tensor mask) => Op.masked_select.Call(this, mask);

        private static string NameOf(RoundingMode mode) => mode == RoundingMode.trunc ? "trunc" : "floor";
    }
}
