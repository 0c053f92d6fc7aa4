import Foundation

/// How the numbers of an axis are spaced.
public enum AxisScale: Sendable, Hashable {
    /// Equal steps for equal differences.
    case linear
    /// Equal steps for equal ratios; only for positive numbers.
    case logarithmic
}

/// Maps numbers to places in a picture.
struct Scale: Sendable {
    let domain: ClosedRange<Double>
    let start: Double
    let end: Double
    var kind = AxisScale.linear

    func callAsFunction(_ value: Double) -> Double {
        let a = transform(domain.lowerBound), b = transform(domain.upperBound)
        return b > a ? start + (transform(value) - a) / (b - a) * (end - start) : (start + end) / 2
    }

    /// The place of a number, kept within the axis.
    func clamped(_ value: Double) -> Double {
        self(min(max(value, domain.lowerBound), domain.upperBound))
    }

    private func transform(_ value: Double) -> Double {
        kind == .linear ? value : log10(max(value, .leastNormalMagnitude))
    }
}

/// Round numbers along an axis.
struct Ticks: Sendable {
    var values: [Double]
    var decimals: Int

    /// About `count` round numbers within the domain.
    init(_ domain: ClosedRange<Double>, about count: Int, kind: AxisScale = .linear) {
        values = []
        decimals = 0
        let span = domain.upperBound - domain.lowerBound
        guard span > 0, span.isFinite else {
            values = domain.lowerBound.isFinite ? [domain.lowerBound] : []
            decimals = 2
            return
        }
        if kind == .logarithmic, domain.lowerBound > 0, domain.upperBound >= domain.lowerBound * 8 {
            decades(domain, about: count)
            return
        }
        let step = Self.step(span, about: count)
        decimals = min(12, max(0, Int(-log10(step).rounded(.down))))
        let first = (domain.lowerBound / step - 1e-9).rounded(.up)
        let last = (domain.upperBound / step + 1e-9).rounded(.down)
        guard last - first < 1000 else { return }
        var k = first
        while k <= last {
            values.append(k == 0 ? 0 : k * step)
            k += 1
        }
    }

    /// The one of 1, 2, 5, 10, … that divides the span into about `count` steps.
    static func step(_ span: Double, about count: Int) -> Double {
        let raw = span / Double(max(1, count))
        let power = pow(10, log10(raw).rounded(.down))
        let factor = raw / power
        return power * (factor < 1.5 ? 1 : factor < 3.2 ? 2 : factor < 7.1 ? 5 : 10)
    }

    private mutating func decades(_ domain: ClosedRange<Double>, about count: Int) {
        let low = Int(log10(domain.lowerBound).rounded(.down)),
            high = Int(log10(domain.upperBound).rounded(.up))
        let stride = max(1, (high - low) / max(1, count))
        let factors: [Double] = high - low <= max(1, count / 3) ? [1, 2, 5] : [1]
        for exponent in Swift.stride(from: low, through: high, by: stride) {
            for factor in factors {
                let value = factor * pow(10, Double(exponent))
                if value >= domain.lowerBound * 0.999, value <= domain.upperBound * 1.001 {
                    values.append(value)
                }
            }
        }
        decimals = max(0, -low)
    }

    /// The number as it stands at the axis.
    func label(_ value: Double) -> String {
        if abs(value) >= 1e7 { return NumberText.typographic(String(format: "%g", value)) }
        if decimals > 6 { return NumberText.typographic(String(format: "%.3g", value)) }
        if abs(value) >= 1000, decimals == 0 { return NumberText.typographic(NumberText.count(value)) }
        // On a logarithmic axis small numbers need more decimals than large ones.
        var text = NumberText.fixed(value, decimals)
        if value >= 1, decimals > 0, value == value.rounded(), values.count > 1, values[1] >= values[0] * 1.9,
            values[0] > 0
        {
            text = NumberText.count(value)
        }
        return NumberText.typographic(text)
    }
}

extension ClosedRange<Double> {
    /// The smallest range that holds these finite numbers; 0 to 1 where there is none, wider than a point.
    static func hull(_ values: some Sequence<Double>) -> ClosedRange<Double> {
        var low = Double.infinity, high = -Double.infinity
        for value in values where value.isFinite {
            low = Swift.min(low, value)
            high = Swift.max(high, value)
        }
        if low > high { return 0...1 }
        if low == high {
            return (low - Swift.max(0.5, abs(low) * 0.1))...(high + Swift.max(0.5, abs(high) * 0.1))
        }
        return low...high
    }

    /// The range with this share of its width added at both ends.
    func padded(_ share: Double) -> ClosedRange<Double> {
        let more = (upperBound - lowerBound) * share
        return (lowerBound - more)...(upperBound + more)
    }
}
