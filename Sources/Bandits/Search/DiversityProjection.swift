import Foundation
import Kernels

/// A linear map to few coordinates in which what people call similar lies close together.
///
/// With z = A f, d(u, v) = ‖z_u − z_v‖² and answers y = +1 where the second of a triplet (r, a, b) was
/// found more like r, −1 where the first was, A minimises
///
///     L = mean max(0, m − y·(d(r, a) − d(r, b)))
///
/// by Adam on batches of 32 questions. A quarter of the questions is set aside; training ends when the
/// accuracy on them, averaged over ten epochs, no longer rises. Loss and accuracy do not change when the
/// plane of z is turned or shifted.
///
/// - Complexity: O(k p) for a question and an epoch.
public struct DiversityProjection: Sendable, Hashable, Codable {
    /// The number of coordinates k.
    public let outputs: Int
    /// The number of features p.
    public let features: Int
    /// A, row after row.
    public private(set) var weights: [Double]

    /// Creates a map with known weights.
    ///
    /// - Precondition: `outputs * features` weights.
    public init(outputs: Int, features: Int, weights: [Double]) {
        precondition(outputs > 0 && features > 0, "a projection has features and outputs")
        precondition(weights.count == outputs * features, "a projection needs outputs * features weights")
        self.outputs = outputs
        self.features = features
        self.weights = weights
    }

    /// Creates a map with weights spread evenly over ±1/√p.
    public init(outputs: Int, features: Int, random: inout CounterRandom) {
        let size = 1 / Double(features).squareRoot()
        self.init(
            outputs: outputs, features: features,
            weights: (0..<outputs * features).map { _ in (2 * random.uniform() - 1) * size })
    }

    /// The coordinates z of features.
    ///
    /// - Precondition: one number for each feature.
    public func callAsFunction(_ item: [Double]) -> [Double] {
        precondition(item.count == features, "the projection reads \(features) features")
        return (0..<outputs).map { k in
            var sum = 0.0
            for j in 0..<features { sum += weights[k * features + j] * item[j] }
            return sum
        }
    }

    /// d(r, a) − d(r, b): positive where the second is the nearer one.
    public func preference(_ triplet: Triplet) -> Double {
        let a = self(zip(triplet.reference, triplet.first).map { $0 - $1 })
        let b = self(zip(triplet.reference, triplet.second).map { $0 - $1 })
        return VectorMath.dot(a, a) - VectorMath.dot(b, b)
    }

    /// The share of questions to which the map gives the people's answer.
    ///
    /// - Parameter secondIsNearer: The answers.
    public func accuracy(_ triplets: [Triplet], secondIsNearer: [Bool]) -> Double {
        precondition(triplets.count == secondIsNearer.count, "every question needs an answer")
        let right = zip(triplets, secondIsNearer).count { (preference($0) > 0) == $1 }
        return Double(right) / Double(max(triplets.count, 1))
    }

    /// The mean hinge loss L.
    public func loss(_ triplets: [Triplet], secondIsNearer: [Bool], margin: Double = 0.05) -> Double {
        precondition(triplets.count == secondIsNearer.count, "every question needs an answer")
        let sum = zip(triplets, secondIsNearer).reduce(0) {
            $0 + max(0, margin - ($1.1 ? 1 : -1) * preference($1.0))
        }
        return sum / Double(max(triplets.count, 1))
    }

    /// Learns from answered questions, from the present weights on.
    ///
    /// - Parameters:
    ///   - secondIsNearer: The answers.
    ///   - margin: The margin m.
    ///   - eta: Adam's step.
    ///   - epochs: The most passes through the questions.
    /// - Precondition: as many answers as questions, at least one.
    public mutating func fit(
        _ triplets: [Triplet], secondIsNearer: [Bool], margin: Double = 0.05, eta: Double = 1e-3,
        epochs: Int = 1000, random: inout CounterRandom
    ) {
        precondition(
            triplets.count == secondIsNearer.count && !triplets.isEmpty, "every question needs an answer")
        let order = random.permutation(triplets.count)
        let aside = order.prefix(triplets.count / 4)
        var training = Array(order.dropFirst(aside.count))
        let held = (aside.isEmpty ? training[...] : aside).map { (triplets[$0], secondIsNearer[$0]) }
        var adam = AdamState(count: weights.count)
        var recent = 0.0, before = -1.0
        for epoch in 1...max(epochs, 1) {
            random.shuffle(&training)
            for start in stride(from: 0, to: training.count, by: 32) {
                let batch = training[start..<min(start + 32, training.count)]
                var gradient = [Double](repeating: 0, count: weights.count)
                for i in batch {
                    addGradient(
                        triplets[i], secondIsNearer[i] ? 1 : -1, margin, 1 / Double(batch.count),
                        to: &gradient)
                }
                adam.step(&weights, against: gradient, eta: eta)
            }
            recent += accuracy(held.map(\.0), secondIsNearer: held.map(\.1)) / 10
            if epoch % 10 == 0 {
                if recent <= before { break }
                (before, recent) = (recent, 0)
            }
        }
    }

    /// Adds `weight` times the gradient of one question's hinge loss.
    func addGradient(
        _ triplet: Triplet, _ y: Double, _ margin: Double, _ weight: Double, to gradient: inout [Double]
    ) {
        let a = zip(triplet.reference, triplet.first).map { $0 - $1 }
        let b = zip(triplet.reference, triplet.second).map { $0 - $1 }
        let (za, zb) = (self(a), self(b))
        let gap = VectorMath.dot(za, za) - VectorMath.dot(zb, zb)
        guard margin - y * gap > 0 else { return }
        for k in 0..<outputs {
            let (pa, pb) = (-2 * weight * y * za[k], 2 * weight * y * zb[k])
            for j in 0..<features { gradient[k * features + j] += pa * a[j] + pb * b[j] }
        }
    }
}
