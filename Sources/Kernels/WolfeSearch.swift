/// A line search for a step that satisfies the strong Wolfe conditions.
///
/// `f(t) ≤ f(0) + 1e-4 t f′(0)` and `|f′(t)| ≤ 0.9 |f′(0)|`. A step is first lengthened until it brackets
/// such a point; the bracket then shrinks by safeguarded cubic interpolation.
struct WolfeSearch {
    typealias Function = (_ x: [Double], _ gradient: inout [Double]) throws -> Double

    private struct Trial {
        var step: Double
        var point: SearchPoint
        var slope: Double
    }

    let start: SearchPoint
    let direction: [Double]
    let slope: Double
    private(set) var evaluations = 0

    init(start: SearchPoint, direction: [Double], slope: Double) {
        self.start = start
        self.direction = direction
        self.slope = slope
    }

    /// Returns an acceptable point, failing that the best decrease found, failing that `nil`.
    mutating func run(first: Double, _ function: Function) rethrows -> SearchPoint? {
        var previous = Trial(step: 0, point: start, slope: slope)
        var step = first
        for round in 0..<40 {
            let trial = try evaluate(step, function)
            if isGoodWithinRounding(trial) { return trial.point }
            if isTooHigh(trial) || (round > 0 && trial.point.value >= previous.point.value) {
                return try zoom(low: previous, high: trial, function)
            }
            if abs(trial.slope) <= -0.9 * slope { return trial.point }
            if trial.slope >= 0 { return try zoom(low: trial, high: previous, function) }
            previous = trial
            step *= 2.5
        }
        return previous.step > 0 ? previous.point : nil
    }

    private func isTooHigh(_ trial: Trial) -> Bool {
        !(trial.point.value <= start.value + 1e-4 * trial.step * slope)
    }

    /// Whether the slope has flattened while the change in value is lost in rounding.
    ///
    /// Close to a minimum the value says nothing more but the gradient still does.
    private func isGoodWithinRounding(_ trial: Trial) -> Bool {
        abs(trial.point.value - start.value) <= 1e-14 * abs(start.value) && abs(trial.slope) <= -0.9 * slope
    }

    private mutating func evaluate(_ step: Double, _ function: Function) rethrows -> Trial {
        var point = start
        for i in point.x.indices { point.x[i] += step * direction[i] }
        point.value = try function(point.x, &point.gradient)
        evaluations += 1
        let slopeThere = PackedKernel.dot(point.gradient, direction)
        if !point.value.isFinite || !slopeThere.isFinite { point.value = .infinity }
        return Trial(step: step, point: point, slope: slopeThere)
    }

    private mutating func zoom(low: Trial, high: Trial, _ function: Function) rethrows -> SearchPoint? {
        var (low, high) = (low, high)
        for _ in 0..<40 {
            let width = abs(high.step - low.step)
            if width <= 1e-15 * max(low.step, high.step) { break }
            let trial = try evaluate(interpolate(low, high), function)
            if isGoodWithinRounding(trial) { return trial.point }
            if isTooHigh(trial) || trial.point.value > low.point.value {
                high = trial
            } else {
                if abs(trial.slope) <= -0.9 * slope { return trial.point }
                if trial.slope * (high.step - low.step) >= 0 { high = low }
                low = trial
            }
        }
        return low.step > 0 && low.point.value < start.value ? low.point : nil
    }

    /// The minimum of the cubic through both ends, kept off the ends; the middle when there is none.
    private func interpolate(_ low: Trial, _ high: Trial) -> Double {
        let width = high.step - low.step
        let middle = low.step + 0.5 * width
        guard high.point.value.isFinite else { return low.step + 0.1 * width }
        let secant = (high.point.value - low.point.value) / width
        let bend = low.slope + high.slope - 3 * secant
        let radicand = bend * bend - low.slope * high.slope
        guard radicand >= 0 else { return middle }
        let root = width > 0 ? radicand.squareRoot() : -radicand.squareRoot()
        let fraction = 1 - (high.slope + root - bend) / (high.slope - low.slope + 2 * root)
        guard fraction.isFinite else { return middle }
        return low.step + min(0.9, max(0.1, fraction)) * width
    }
}
