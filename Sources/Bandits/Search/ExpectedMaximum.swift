import Kernels

/// The expected maximum of lines at a normal point: E maxᵢ (aᵢ + bᵢ Z), exactly.
///
/// Source: Frazier, Powell and Dayanik, "The Knowledge-Gradient Policy for Correlated Normal Beliefs"
/// (2009). Sorted by slope, the lines that are the highest somewhere form an envelope with breakpoints c;
/// then
///
///     E max = max a + Σᵢ (bᵢ₊₁ − bᵢ)·(φ(cᵢ) − |cᵢ| Φ(−|cᵢ|)).
///
/// - Complexity: O(m log m).
public struct ExpectedMaximum: Sendable {
    /// E maxᵢ (aᵢ + bᵢ Z) − maxᵢ aᵢ, never negative.
    public let gain: Double
    /// The lines of the envelope, with rising slopes.
    public let envelope: [Int]
    /// The points between neighbours of the envelope.
    public let breakpoints: [Double]

    /// Finds the envelope of lines.
    ///
    /// - Precondition: as many slopes as intercepts, at least one.
    public init(intercepts a: [Double], slopes b: [Double]) {
        precondition(a.count == b.count && !a.isEmpty, "a line has an intercept and a slope")
        let order = a.indices.sorted { (b[$0], a[$0], $0) < (b[$1], a[$1], $1) }
        var lines: [Int] = [], breaks: [Double] = []
        for i in order {
            if let last = lines.last, b[last] == b[i] {
                // Parallel: the later one is the higher.
                lines.removeLast()
                if !breaks.isEmpty { breaks.removeLast() }
            }
            while let last = lines.last {
                let crossing = (a[last] - a[i]) / (b[i] - b[last])
                if let previous = breaks.last, crossing <= previous {
                    lines.removeLast()
                    breaks.removeLast()
                } else {
                    breaks.append(crossing)
                    break
                }
            }
            lines.append(i)
        }
        var sum = 0.0
        for (k, c) in breaks.enumerated() {
            let tail = Special.normalPDF(c) - abs(c) * Special.normalCDF(-abs(c))
            sum += (b[lines[k + 1]] - b[lines[k]]) * max(0, tail)
        }
        gain = sum
        envelope = lines
        breakpoints = breaks
    }

    /// The derivatives of E max by the intercept and the slope of each line of the envelope: Φ and −φ
    /// over its stretch.
    func derivatives() -> [(byIntercept: Double, bySlope: Double)] {
        envelope.indices.map { k in
            let low = k == 0 ? -Double.infinity : breakpoints[k - 1]
            let high = k == envelope.count - 1 ? Double.infinity : breakpoints[k]
            let mass =
                low > 0
                ? Special.normalCDF(-low) - Special.normalCDF(-high)
                : Special.normalCDF(high) - Special.normalCDF(low)
            return (mass, Special.normalPDF(low) - Special.normalPDF(high))
        }
    }
}
