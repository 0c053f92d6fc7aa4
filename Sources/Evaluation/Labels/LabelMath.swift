import Foundation

/// Special functions used by the label models.
enum LabelMath {
    /// Digamma ψ(x) for x > 0: recurrence up to 6, then the asymptotic series; error below 1e-10.
    @inline(__always)
    static func digamma(_ x: Double) -> Double {
        var x = x
        var shift = 0.0
        while x < 6 {
            shift -= 1 / x
            x += 1
        }
        let r = 1 / x
        let s = r * r
        let series = s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132)))))
        return shift + log(x) - 0.5 * r - series
    }

    /// log Γ(x) for x > 0 (Lanczos, g = 7).
    static func logGamma(_ x: Double) -> Double {
        if x < 0.5 { return log(Double.pi / abs(sin(Double.pi * x))) - logGamma(1 - x) }
        let c = [
            0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
            -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
            1.5056327351493116e-7,
        ]
        var a = c[0]
        for i in 1..<9 { a += c[i] / (x - 1 + Double(i)) }
        let t = x + 6.5
        return 0.5 * log(2 * Double.pi) + (x - 0.5) * log(t) - t + log(a)
    }

    /// Regularised incomplete beta function I_x(a, b) by Lentz's continued fraction.
    static func betaCDF(_ x: Double, _ a: Double, _ b: Double, _ logBeta: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        if x > (a + 1) / (a + b + 2) { return 1 - betaCDF(1 - x, b, a, logBeta) }
        let front = exp(a * log(x) + b * log1p(-x) - logBeta) / a
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        d = 1 / (abs(d) < tiny ? tiny : d)
        var h = d
        for m in 1...300 {
            let f = Double(m)
            var n = f * (b - f) * x / ((a + 2 * f - 1) * (a + 2 * f))
            d = 1 + n * d
            c = 1 + n / c
            d = 1 / (abs(d) < tiny ? tiny : d)
            if abs(c) < tiny { c = tiny }
            h *= d * c
            n = -(a + f) * (a + b + f) * x / ((a + 2 * f) * (a + 2 * f + 1))
            d = 1 + n * d
            c = 1 + n / c
            d = 1 / (abs(d) < tiny ? tiny : d)
            if abs(c) < tiny { c = tiny }
            h *= d * c
            if abs(d * c - 1) < 1e-12 { break }
        }
        return front * h
    }

    /// The p-quantile of Beta(a, b): Newton steps kept inside a shrinking bracket.
    static func betaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
        let logBeta = logGamma(a) + logGamma(b) - logGamma(a + b)
        var low = 0.0
        var high = 1.0
        var x = a / (a + b)
        for _ in 0..<60 {
            let f = betaCDF(x, a, b, logBeta) - p
            if f < 0 { low = x } else { high = x }
            let slope = exp((a - 1) * log(x) + (b - 1) * log1p(-x) - logBeta)
            var step = x - f / slope
            if !(step > low && step < high) { step = 0.5 * (low + high) }
            if abs(step - x) < 1e-10 { return step }
            x = step
        }
        return x
    }

    /// log Σ exp of a row, which it replaces by the normalised exponentials.
    @inline(__always)
    static func softmax(_ row: UnsafeMutablePointer<Double>, _ count: Int) -> Double {
        var top = row[0]
        for k in 0..<count where row[k] > top { top = row[k] }
        var sum = 0.0
        for k in 0..<count {
            let e = exp(row[k] - top)
            row[k] = e
            sum += e
        }
        let inverse = 1 / sum
        for k in 0..<count { row[k] *= inverse }
        return top + log(sum)
    }
}
