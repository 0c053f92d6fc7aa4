/// The distribution that minimises Σ pₐ·Cₐ + (1/η)·Σ log(1/pₐ).
///
/// It is pₐ = 1/(η·(Cₐ + ν)) with the ν that makes it add up to one. Against losses c₁, c₂, … of any size and
/// sign, following it costs at most K·log T/η + η·Σₜ Σₐ pₐ·cₐ² over the best distribution that gives every
/// arm at least 1/(K·T).
public enum LogBarrier {
    /// The distribution for cumulative losses C.
    ///
    /// Newton's method from the left, where Σ pₐ − 1 is positive, convex and falling in ν.
    /// - Complexity: O(K) for a step, about ten steps.
    public static func distribution(_ losses: [Double], eta: Double) -> [Double] {
        precondition(!losses.isEmpty && eta > 0, "a log barrier needs arms and a positive eta")
        let least = losses.min()!
        // In units of 1/η from the least loss: pₐ = 1/(gₐ + x) with x in [1, K].
        let gaps = losses.map { eta * ($0 - least) }
        var x = 1.0
        for _ in 0..<100 {
            var sum = -1.0, slope = 0.0
            for gap in gaps {
                let p = 1 / (gap + x)
                sum += p
                slope += p * p
            }
            let step = sum / slope
            guard step > 1e-15 * x else { break }
            x += step
        }
        let raw = gaps.map { 1 / ($0 + x) }
        let total = raw.reduce(0, +)
        return raw.map { $0 / total }
    }
}
