import Foundation
import Kernels

/// The likelihood of comparisons under a link: η = θ_i − θ_j + h·home + βᵀz.
///
/// Complexity: O(terms · covariates) for a value with its derivatives.
struct PairBlock: LikelihoodBlock {
    let terms: PairTerms
    let link: LinkKind
    /// The parameter of the advantage of place, if it is modelled.
    let homeParameter: Int?
    /// The first parameter of the covariates.
    let covariateParameter: Int
    /// The parameter of the tie rate, if there is one.
    let tieParameter: Int?
    /// The tie parameter that is used where none is estimated (no tie was seen).
    let fixedTie: Double

    var patternCount: Int { terms.weights.count }
    var weights: [Double] { terms.weights }
    var rows: ObservationRows { terms.rows }

    @inline(__always)
    private func eta(_ term: Int, _ theta: UnsafeBufferPointer<Double>) -> Double {
        var eta = theta[Int(terms.left[term])] - theta[Int(terms.right[term])]
        if let homeParameter { eta += Double(terms.home[term]) * theta[homeParameter] }
        for k in 0..<terms.covariateCount {
            eta += terms.covariates[term * terms.covariateCount + k] * theta[covariateParameter + k]
        }
        return eta
    }

    func add(
        _ theta: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>, to sum: inout Accumulator
    ) {
        if link == .logistic, homeParameter == nil, terms.covariateCount == 0 {
            addPlainLogistic(theta, weights, to: &sum)
            return
        }
        // The derivatives of each term come first, in parallel; adding them up in order keeps the bits the same
        // for any number of threads.
        let stride = 6
        let count = terms.count
        let lambda = tieParameter.map { theta[$0] } ?? fixedTie
        var parts = [Double](repeating: 0, count: stride * count)
        parts.withUnsafeMutableBufferPointer { parts in
            nonisolated(unsafe) let parts = parts
            nonisolated(unsafe) let theta = theta
            nonisolated(unsafe) let weights = weights
            let chunks = Parallel.chunks(count, size: 16_384)
            Parallel.forEach(chunks.count) { chunk in
                for term in chunks[chunk] {
                    let eta = eta(term, theta)
                    var value = 0.0, g = 0.0, gt = 0.0, h = 0.0, ht = 0.0, htt = 0.0
                    for outcome in 0..<3 {
                        let weight = weights[3 * term + outcome]
                        if weight == 0 { continue }
                        let t = link.terms(outcome, eta, tie: lambda)
                        value += weight * t.value
                        g += weight * t.eta
                        gt += weight * t.tie
                        h -= weight * t.etaEta
                        ht -= weight * t.etaTie
                        htt -= weight * t.tieTie
                    }
                    let base = stride * term
                    parts[base] = value
                    parts[base + 1] = g
                    parts[base + 2] = gt
                    parts[base + 3] = h
                    parts[base + 4] = ht
                    parts[base + 5] = htt
                }
            }
        }
        parts.withUnsafeBufferPointer { scatter($0, to: &sum) }
    }

    /// Bradley–Terry with nothing beside the items, the common case: one exponential a term, ties as half a win.
    private func addPlainLogistic(
        _ theta: UnsafeBufferPointer<Double>, _ weights: UnsafeBufferPointer<Double>,
        to sum: inout Accumulator
    ) {
        let n = sum.count
        let wantsInformation = sum.wantsInformation, wantsValue = sum.wantsValue
        var value = 0.0
        sum.gradient.withUnsafeMutableBufferPointer { gradient in
            sum.diagonal.withUnsafeMutableBufferPointer { diagonal in
                sum.information.withUnsafeMutableBufferPointer { information in
                    terms.left.withUnsafeBufferPointer { left in
                        terms.right.withUnsafeBufferPointer { right in
                            for term in 0..<left.count {
                                let tie = 0.5 * weights[3 * term + LinkKind.tie]
                                let won = weights[3 * term + LinkKind.left] + tie
                                let lost = weights[3 * term + LinkKind.right] + tie
                                let i = Int(left[term]), j = Int(right[term])
                                let eta = theta[i] - theta[j]
                                // e = exp(−|η|) gives both tails without overflow.
                                let e = exp(-abs(eta))
                                let small = e / (1 + e)
                                let p = eta >= 0 ? 1 - small : small
                                let g = won - (won + lost) * p
                                let h = (won + lost) * small / (1 + e)
                                if wantsValue {
                                    value -= (won + lost) * log1p(e) + (eta >= 0 ? lost * eta : -won * eta)
                                }
                                gradient[i] += g
                                gradient[j] -= g
                                diagonal[i] += h
                                diagonal[j] += h
                                if wantsInformation {
                                    information[i * n + i] += h
                                    information[j * n + j] += h
                                    information[j * n + i] -= h
                                }
                            }
                        }
                    }
                }
            }
        }
        sum.value += value
    }

    private func scatter(_ parts: UnsafeBufferPointer<Double>, to sum: inout Accumulator) {
        let k = terms.covariateCount
        var parameters = [Int](repeating: 0, count: 3 + k)
        var slopes = [Double](repeating: 0, count: 3 + k)
        for term in 0..<terms.count {
            let base = 6 * term
            let h = parts[base + 3]
            sum.value += parts[base]
            let used = fill(term, &parameters, &slopes)
            for a in 0..<used {
                sum.gradient[parameters[a]] += parts[base + 1] * slopes[a]
                for b in 0...a { sum.addInformation(parameters[a], parameters[b], h * slopes[a] * slopes[b]) }
            }
            if let tieParameter {
                sum.gradient[tieParameter] += parts[base + 2]
                for a in 0..<used {
                    sum.addInformation(tieParameter, parameters[a], parts[base + 4] * slopes[a])
                }
                sum.addInformation(tieParameter, tieParameter, parts[base + 5])
            }
        }
    }

    /// The parameters of η and their slopes; returns how many.
    @inline(__always)
    private func fill(_ term: Int, _ parameters: inout [Int], _ slopes: inout [Double]) -> Int {
        parameters[0] = Int(terms.left[term])
        slopes[0] = 1
        parameters[1] = Int(terms.right[term])
        slopes[1] = -1
        var used = 2
        if let homeParameter, terms.home[term] != 0 {
            parameters[used] = homeParameter
            slopes[used] = Double(terms.home[term])
            used += 1
        }
        for k in 0..<terms.covariateCount {
            parameters[used] = covariateParameter + k
            slopes[used] = terms.covariates[term * terms.covariateCount + k]
            used += 1
        }
        return used
    }

    func gradient(_ theta: UnsafeBufferPointer<Double>, pattern: Int, visit: (Int, Double) -> Void) {
        let term = pattern / 3
        let t = link.terms(pattern % 3, eta(term, theta), tie: tieParameter.map { theta[$0] } ?? fixedTie)
        visit(Int(terms.left[term]), t.eta)
        visit(Int(terms.right[term]), -t.eta)
        if let homeParameter, terms.home[term] != 0 { visit(homeParameter, Double(terms.home[term]) * t.eta) }
        for k in 0..<terms.covariateCount {
            visit(covariateParameter + k, terms.covariates[term * terms.covariateCount + k] * t.eta)
        }
        if let tieParameter { visit(tieParameter, t.tie) }
    }

    func visitOrders(_ visit: (Int, Int) -> Void) {
        for term in 0..<terms.count {
            let i = Int(terms.left[term]), j = Int(terms.right[term])
            let tied = terms.weights[3 * term + LinkKind.tie] > 0
            if tied || terms.weights[3 * term + LinkKind.left] > 0 { visit(i, j) }
            if tied || terms.weights[3 * term + LinkKind.right] > 0 { visit(j, i) }
        }
    }

    func countAppearances(_ counts: inout [Double]) {
        for term in 0..<terms.count {
            let weight = terms.weights[3 * term] + terms.weights[3 * term + 1] + terms.weights[3 * term + 2]
            counts[Int(terms.left[term])] += weight
            counts[Int(terms.right[term])] += weight
        }
    }

    func countOutcomes(wins: inout [Double], losses: inout [Double]) {
        for term in 0..<terms.count {
            let i = Int(terms.left[term]), j = Int(terms.right[term])
            let half = 0.5 * terms.weights[3 * term + LinkKind.tie]
            let left = terms.weights[3 * term + LinkKind.left] + half
            let right = terms.weights[3 * term + LinkKind.right] + half
            wins[i] += left
            losses[i] += right
            wins[j] += right
            losses[j] += left
        }
    }
}
