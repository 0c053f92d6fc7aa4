import Kernels

/// Finds a minimum of a function of a few bounded variables that has no gradient, by a swarm of points.
///
/// Source: Kennedy and Eberhart, "Particle Swarm Optimization" (1995). Each point remembers its best place
/// p and knows the swarm's g,
///
///     u ← w u + c₁ r₁ (p − x) + c₂ r₂ (g − x),   x ← x + u
///
/// with r uniform for each coordinate; at a bound points are reflected.
///
/// - Complexity: particles · iterations calls of the function, those of one iteration in parallel.
public struct ParticleSwarm: Sendable, Hashable {
    /// The number of points.
    public var particles: Int
    /// How often they move.
    public var iterations: Int
    /// w.
    public var inertia: Double
    /// c₁.
    public var ownPull: Double
    /// c₂.
    public var swarmPull: Double

    /// Creates a swarm.
    public init(
        particles: Int = 30, iterations: Int = 50, inertia: Double = 0.7, ownPull: Double = 1.5,
        swarmPull: Double = 1.5
    ) {
        precondition(particles > 0 && iterations > 0, "counts are at least 1")
        self.particles = particles
        self.iterations = iterations
        self.inertia = inertia
        self.ownPull = ownPull
        self.swarmPull = swarmPull
    }

    /// What was found.
    public struct Result: Sendable, Hashable {
        /// The best point.
        public let x: [Double]
        /// The function there.
        public let value: Double
        /// How far apart the points' own best places lie in the end, the largest standard deviation
        /// relative to the bounds.
        public let spread: Double
    }

    /// Minimises a function in a box; values that are not numbers count as infinite.
    public func minimize(
        lower: [Double], upper: [Double], seed: UInt64 = 1, _ function: @Sendable ([Double]) -> Double
    ) -> Result {
        precondition(
            lower.count == upper.count && zip(lower, upper).allSatisfy { $0 <= $1 },
            "lower bounds below upper ones")
        let root = CounterRandom(seed: seed).split(0x9a50)
        let d = lower.count
        var randoms = (0..<particles).map { root.split(UInt64($0)) }
        var positions = (0..<particles).map { particle in
            (0..<d).map { lower[$0] + (upper[$0] - lower[$0]) * randoms[particle].uniform() }
        }
        var velocities = [[Double]](repeating: [Double](repeating: 0, count: d), count: particles)
        func evaluate(_ points: [[Double]]) -> [Double] {
            Parallel.map(points.count) {
                let value = function(points[$0])
                return value.isNaN ? .infinity : value
            }
        }
        var own = positions
        var ownValues = evaluate(positions)
        func leader() -> Int { ownValues.indices.min { ownValues[$0] < ownValues[$1] } ?? 0 }
        for _ in 0..<iterations {
            let best = own[leader()]
            for particle in 0..<particles {
                for k in 0..<d {
                    let (r1, r2) = (randoms[particle].uniform(), randoms[particle].uniform())
                    let x = positions[particle][k]
                    var u =
                        inertia * velocities[particle][k] + ownPull * r1 * (own[particle][k] - x)
                        + swarmPull * r2 * (best[k] - x)
                    var next = x + u
                    if next < lower[k] { (next, u) = (2 * lower[k] - next, -u) }
                    if next > upper[k] { (next, u) = (2 * upper[k] - next, -u) }
                    positions[particle][k] = min(upper[k], max(lower[k], next))
                    velocities[particle][k] = u
                }
            }
            for (particle, value) in evaluate(positions).enumerated() where value < ownValues[particle] {
                ownValues[particle] = value
                own[particle] = positions[particle]
            }
        }
        let spread = (0..<d).map { k -> Double in
            guard particles > 1, upper[k] > lower[k] else { return 0 }
            let places = own.map { $0[k] }
            return Statistics.variance(places).squareRoot() / (upper[k] - lower[k])
        }
        let best = leader()
        return Result(x: own[best], value: ownValues[best], spread: spread.max() ?? 0)
    }
}
