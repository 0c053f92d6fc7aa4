import Kernels

/// How scores drift when people move towards those friends who are not too far from them.
///
/// Source: Deffuant, Neau, Amblard and Weisbuch, "Mixing beliefs among interacting agents" (2000);
/// Hegselmann and Krause, "Opinion dynamics and bounded confidence" (2002); as used for values by Mukta and
/// others (2021).
///
///     Nᵢ = {friends j : |xⱼ − xᵢ| ≤ ε},   xᵢ ← s xᵢ(0) + (1 − s)(xᵢ + μ Σ_{j ∈ Nᵢ} wᵢⱼ (xⱼ − xᵢ)),  cut to 0...1
///
/// for each value on its own. Who has nobody within the bound stays. With symmetric weights the mean of all
/// people stays; with weights that are shares of interactions it may drift, since these are seldom
/// symmetric.
///
/// - Complexity: O(edges · values) for each step.
///
/// ```swift
/// let next = BoundedConfidence(epsilon: 0.25, mu: 0.4).step(scores, values: 5, network: network)
/// ```
public struct BoundedConfidence: Sendable, Hashable {
    /// ε for each value, or one for all.
    public var epsilon: [Double]
    /// μ for each value, or one for all.
    public var mu: [Double]
    /// s, how far people hold to what they started from.
    public var stubbornness: Double
    /// Whether the weights of those within the bound are brought to a sum of 1 (Hegselmann and Krause).
    public var renormalises: Bool
    /// How many steps the time between two measurements has.
    public var substeps: Int

    /// Creates the model with one bound and one speed for all values.
    public init(
        epsilon: Double, mu: Double, stubbornness: Double = 0, renormalises: Bool = false, substeps: Int = 1
    ) {
        self.init(
            epsilon: [epsilon], mu: [mu], stubbornness: stubbornness, renormalises: renormalises,
            substeps: substeps)
    }

    /// Creates the model with a bound and a speed for each value.
    public init(
        epsilon: [Double], mu: [Double], stubbornness: Double = 0, renormalises: Bool = false,
        substeps: Int = 1
    ) {
        precondition(epsilon.count == mu.count && !epsilon.isEmpty, "a bound and a speed for each value")
        precondition(
            epsilon.allSatisfy { (0...1).contains($0) } && mu.allSatisfy { (0...1).contains($0) }
                && (0...1).contains(stubbornness), "bounds, speeds and stubbornness are from 0 to 1")
        precondition(substeps > 0, "at least one step")
        self.epsilon = epsilon
        self.mu = mu
        self.stubbornness = stubbornness
        self.renormalises = renormalises
        self.substeps = substeps
    }

    /// The scores at the next measurement.
    ///
    /// - Parameters:
    ///   - scores: Person after person, `values` for each.
    ///   - initial: What people started from, for the stubborn; the scores themselves unless given.
    public func step(
        _ scores: [Double], values: Int, network: InfluenceNetwork, initial: [Double]? = nil
    ) -> [Double] {
        precondition(scores.count == network.people * values, "a score for each person and value")
        precondition(epsilon.count == 1 || epsilon.count == values, "a bound for each value, or one for all")
        let initial = initial ?? scores
        var current = scores
        for _ in 0..<substeps {
            var next = current
            for person in 0..<network.people {
                for value in 0..<values {
                    let place = person * values + value
                    let speed = mu.count == 1 ? mu[0] : mu[value]
                    let moved = current[place] + speed * pull(current, place, value, person, values, network)
                    next[place] = min(1, max(0, stubbornness * initial[place] + (1 - stubbornness) * moved))
                }
            }
            current = next
        }
        return current
    }

    /// Σ wᵢⱼ (xⱼ − xᵢ) over friends within the bound.
    @inline(__always)
    func pull(
        _ scores: [Double], _ place: Int, _ value: Int, _ person: Int, _ values: Int,
        _ network: InfluenceNetwork
    ) -> Double {
        let bound = epsilon.count == 1 ? epsilon[0] : epsilon[value]
        var (sum, weight) = (0.0, 0.0)
        for edge in network.starts[person]..<network.starts[person + 1] {
            let difference = scores[network.friends[edge] * values + value] - scores[place]
            guard abs(difference) <= bound else { continue }
            sum += network.weights[edge] * difference
            weight += network.weights[edge]
        }
        return renormalises && weight > 0 ? sum / weight : sum
    }

    /// A meeting of two (Deffuant and others): both move by μ of their difference, value by value, where it
    /// is within ε.
    public func meet(_ scores: inout [Double], _ first: Int, _ second: Int, values: Int) {
        for value in 0..<values {
            let bound = epsilon.count == 1 ? epsilon[0] : epsilon[value]
            let speed = mu.count == 1 ? mu[0] : mu[value]
            let difference = scores[second * values + value] - scores[first * values + value]
            guard abs(difference) <= bound else { continue }
            scores[first * values + value] += speed * difference
            scores[second * values + value] -= speed * difference
        }
    }

    /// The friends who move a person most, by Σ over values of μ wᵢⱼ |xⱼ − xᵢ| within the bound; those who
    /// move nothing are left out.
    public func influentialFriends(
        of person: Int, scores: [Double], values: Int, network: InfluenceNetwork, most: Int = 5
    ) -> [(friend: Int, pull: Double)] {
        let pulls = network.friends(of: person).map { friend, weight -> (friend: Int, pull: Double) in
            var sum = 0.0
            for value in 0..<values {
                let difference = abs(scores[friend * values + value] - scores[person * values + value])
                if difference <= (epsilon.count == 1 ? epsilon[0] : epsilon[value]) {
                    sum += (mu.count == 1 ? mu[0] : mu[value]) * weight * difference
                }
            }
            return (friend, sum)
        }
        return Array(
            pulls.filter { $0.pull > 0 }.sorted { ($1.pull, $0.friend) < ($0.pull, $1.friend) }.prefix(most))
    }
}
