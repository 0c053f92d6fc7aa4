import Foundation
import Kernels

/// Fits a `SampledPosterior`: Newton's method with conjugate gradients for the mode, then samples. A sample
/// is x = H⁻¹(Σ_pairs √w ε (e_i − e_j) + √τ η) with ε and η random signs (Papandreou and Yuille, "Gaussian
/// sampling by local perturbations", 2010), whose covariance is H⁻¹ exactly; signs for normal numbers leave
/// less noise in variances (Hutchinson, 1990). The signs ε belong to the pair and η to the item, so that a
/// second fit starts close to its answer.
///
/// Complexity: O((items + pairs) · iterations), about 30 iterations a solve on well-connected boards.
struct SampledPosteriorFit {
    typealias Lanes = SampledPosterior.Lanes

    let evidence: VoteEvidence
    let priorScale: Double
    let seed: UInt64

    private var precision: Double { 1 / (priorScale * priorScale) }

    /// - Throws: `PreferenceError.failed` where the mode was not reached.
    func fit(from previous: SampledPosterior?) throws -> SampledPosterior {
        let terms = evidence.terms
        var graph = VoteGraph(items: evidence.count, terms: terms)
        var answers = previous?.answers ?? AnswerModel()
        answers.link = evidence.hasTies ? .davidson : .logistic
        if !evidence.hasTies { answers.tie = -700 } else if answers.tie <= -700 { answers.tie = 0 }
        var means = previous?.means ?? [Double](repeating: 0, count: evidence.count)
        let extras = evidence.hasTies || evidence.hasHome
        // The tie rate and the advantage of place hardly depend on the scores: turns at each converge
        // quickly.
        for round in 0..<(extras ? 30 : 1) {
            try climb(&means, &graph, terms, answers)
            if !extras { break }
            let moved = refine(&answers, means, terms)
            if moved < 1e-7 { break }
            if round == 29 {
                throw PreferenceError.failed(
                    model: "next", reason: "the tie rate did not settle in 30 rounds")
            }
        }
        let diagonal = graph.degrees().map { $0 + precision }
        let samples = sample(graph, diagonal, start: previous?.samples)
        var posterior = SampledPosterior(means: means, diagonal: diagonal, samples: samples, graph: graph)
        posterior.answers = answers
        return posterior
    }

    /// The value of the log-posterior with the slope and curvature of every pair.
    private func evaluate(
        _ means: [Double], _ graph: VoteGraph, _ terms: PairTerms, _ answers: AnswerModel
    ) -> (value: Double, slope: [Double], curvature: [Double]) {
        let chunks = Parallel.chunks(terms.count, size: 8192)
        let parts = Parallel.map(chunks.count) { chunk -> ([Double], [Double], Double) in
            var slopes: [Double] = [], curvatures: [Double] = []
            var value = 0.0
            for term in chunks[chunk] {
                let eta =
                    means[Int(terms.left[term])] - means[Int(terms.right[term])]
                    + Double(terms.home[term]) * answers.home
                var g = 0.0, h = 0.0
                for code in 0..<3 where terms.weights[3 * term + code] > 0 {
                    let t = answers.link.terms(code, eta, tie: answers.tie)
                    value += terms.weights[3 * term + code] * t.value
                    g += terms.weights[3 * term + code] * t.eta
                    h -= terms.weights[3 * term + code] * t.etaEta
                }
                slopes.append(g)
                curvatures.append(h)
            }
            return (slopes, curvatures, value)
        }
        var slope = [Double](repeating: 0, count: graph.left.count), curvature = slope
        var value = 0.0
        for (chunk, part) in zip(chunks, parts) {
            value += part.2
            for (place, term) in chunk.enumerated() {
                slope[Int(graph.pairOfTerm[term])] += part.0[place]
                curvature[Int(graph.pairOfTerm[term])] += part.1[place]
            }
        }
        for mean in means { value -= 0.5 * precision * mean * mean }
        return (value, slope, curvature)
    }

    /// Newton's method for the scores.
    private func climb(
        _ means: inout [Double], _ graph: inout VoteGraph, _ terms: PairTerms, _ answers: AnswerModel
    ) throws {
        var now = evaluate(means, graph, terms, answers)
        for _ in 0..<60 {
            graph.setCurvature(now.curvature)
            let diagonal = graph.degrees().map { $0 + precision }
            var gradient = graph.divergence(now.slope)
            for i in means.indices { gradient[i] -= precision * means[i] }
            let solution = ConjugateGradient(tolerance: 1e-4, maxIterations: 500).solve(
                count: means.count,
                apply: { graph.multiply($0, $1, diagonal: diagonal) },
                preconditioner: diagonal, rhs: gradient)
            let length = solution.x.reduce(0) { max($0, abs($1)) }
            if length < 1e-7 { return }
            var damping = min(1, 8 / length)
            for _ in 0..<40 {
                let trial = zip(means, solution.x).map { $0 + damping * $1 }
                let there = evaluate(trial, graph, terms, answers)
                if there.value >= now.value - 1e-12 * abs(now.value) {
                    means = trial
                    now = there
                    break
                }
                damping /= 2
            }
        }
        throw PreferenceError.failed(
            model: "next", reason: "no maximum was reached in 60 steps; look for extreme weights")
    }

    /// One Newton step for the tie rate and the advantage of place; returns how far it went.
    private func refine(_ answers: inout AnswerModel, _ means: [Double], _ terms: PairTerms) -> Double {
        var gradient = (tie: -0.01 * answers.tie, home: -0.01 * answers.home)
        var tieTie = 0.01, homeHome = 0.01, cross = 0.0
        for term in 0..<terms.count {
            let place = Double(terms.home[term])
            let eta = means[Int(terms.left[term])] - means[Int(terms.right[term])] + place * answers.home
            for code in 0..<3 where terms.weights[3 * term + code] > 0 {
                let t = answers.link.terms(code, eta, tie: answers.tie)
                let weight = terms.weights[3 * term + code]
                gradient.tie += weight * t.tie
                gradient.home += weight * place * t.eta
                tieTie -= weight * t.tieTie
                homeHome -= weight * place * place * t.etaEta
                cross -= weight * place * t.etaTie
            }
        }
        if !evidence.hasTies { (gradient.tie, cross, tieTie) = (0, 0, 1) }
        if !evidence.hasHome { (gradient.home, cross, homeHome) = (0, 0, 1) }
        let determinant = tieTie * homeHome - cross * cross
        let tie = (homeHome * gradient.tie - cross * gradient.home) / determinant
        let home = (tieTie * gradient.home - cross * gradient.tie) / determinant
        answers.tie += min(max(tie, -2), 2)
        answers.home += min(max(home, -2), 2)
        return max(abs(tie), abs(home))
    }

    /// Samples with the covariance H⁻¹, eight at a time.
    private func sample(_ graph: VoteGraph, _ diagonal: [Double], start: [Lanes]?) -> [Lanes] {
        let n = graph.count, groups = SampledPosterior.groups
        let root = CounterRandom(seed: seed, stream: 0x5343_4844)
        let drawn = Parallel.map(groups) { group -> [Lanes] in
            var rhs = [Lanes](repeating: .zero, count: n)
            let prior = Float(precision.squareRoot())
            for item in 0..<n { rhs[item] = prior * Self.signs(root, UInt64(item), group) }
            for pair in graph.left.indices {
                let a = Int(graph.left[pair]), b = Int(graph.right[pair])
                let key = 1 << 63 | UInt64(a) << 31 | UInt64(b)
                let push = Float(graph.curvature[pair].squareRoot()) * Self.signs(root, key, group)
                rhs[a] += push
                rhs[b] -= push
            }
            let origin = start.map { start in (0..<n).map { start[$0 * groups + group] } }
            return Self.solve(graph, diagonal, rhs, from: origin)
        }
        var samples = [Lanes](repeating: .zero, count: n * groups)
        for group in 0..<groups { for item in 0..<n { samples[item * groups + group] = drawn[group][item] } }
        return samples
    }

    /// Eight random signs that belong to the key and the group.
    private static func signs(_ root: CounterRandom, _ key: UInt64, _ group: Int) -> Lanes {
        var random = root.split(key)
        let bits = SIMD8<UInt32>(repeating: UInt32(truncatingIfNeeded: random.next() >> UInt64(8 * group)))
        let mask = SIMD8<UInt32>(1, 2, 4, 8, 16, 32, 64, 128)
        return Lanes(repeating: 1).replacing(with: -1, where: (bits & mask) .== 0)
    }

    /// Conjugate gradients with the diagonal as preconditioner, eight right-hand sides at once.
    private static func solve(
        _ graph: VoteGraph, _ diagonal: [Double], _ rhs: [Lanes], from start: [Lanes]?
    ) -> [Lanes] {
        let n = graph.count
        let exact = diagonal.map { Float($0) }, inverse = diagonal.map { Float(1 / $0) }
        let weights = graph.weights.map { Float($0) }
        func product(_ x: [Lanes], _ y: inout [Lanes]) {
            x.withUnsafeBufferPointer { x in
                y.withUnsafeMutableBufferPointer { y in
                    graph.neighbours.withUnsafeBufferPointer { neighbours in
                        weights.withUnsafeBufferPointer { weights in
                            graph.starts.withUnsafeBufferPointer { starts in
                                for item in 0..<n {
                                    var sum = exact[item] * x[item]
                                    for slot in starts[item]..<starts[item + 1] {
                                        sum -= weights[slot] * x[Int(neighbours[slot])]
                                    }
                                    y[item] = sum
                                }
                            }
                        }
                    }
                }
            }
        }
        func dot(_ a: [Lanes], _ b: [Lanes]) -> SIMD8<Double> {
            var sum = SIMD8<Double>.zero
            for i in 0..<n { sum += SIMD8<Double>(a[i] * b[i]) }
            return sum
        }
        var x = start ?? [Lanes](repeating: .zero, count: n)
        var r = rhs, q = [Lanes](repeating: .zero, count: n)
        let target = dot(rhs, rhs) * 1e-6
        if start != nil {
            product(x, &q)
            for i in 0..<n { r[i] -= q[i] }
        }
        var p = [Lanes](repeating: .zero, count: n)
        var old = SIMD8<Double>(repeating: 1)
        let tiny = SIMD8<Double>(repeating: 1e-300)
        for iteration in 0..<300 {
            if all(dot(r, r) .<= target) { break }
            var fresh = SIMD8<Double>.zero
            for i in 0..<n { fresh += SIMD8<Double>(r[i] * r[i] * inverse[i]) }
            let beta = iteration == 0 ? Lanes.zero : Lanes(fresh / pointwiseMax(old, tiny))
            old = fresh
            for i in 0..<n { p[i] = r[i] * inverse[i] + beta * p[i] }
            product(p, &q)
            let step = Lanes(fresh / pointwiseMax(dot(p, q), tiny))
            for i in 0..<n {
                x[i] += step * p[i]
                r[i] -= step * q[i]
            }
        }
        return x
    }
}
