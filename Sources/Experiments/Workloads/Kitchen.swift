import Foundation
import Kernels
import Signals

/// A kitchen that recommends one dish to each guest, who orders it or not: decisions whose truth is known.
///
/// The kitchen's own rule favours dishes at random strengths and knows nothing of the guest; what guests order depends on their age, on how
/// hungry they are and on the dish. Orders come in late and out of order; guests who order nothing send nothing.
public struct Kitchen: Sendable {
    /// The number of guests.
    public var guests = 12_000
    /// The seed.
    public var seed: UInt64

    /// Creates a kitchen.
    public init(seed: UInt64 = 1) { self.seed = seed }

    /// What was drawn.
    public struct Draw: Sendable {
        /// Decisions, and rewards of 1 for orders, in the order in which they came in.
        public var events: [FeedbackEvent]
        /// The dishes.
        public var dishes: [String]
        /// The chance that a guest orders each dish, guest by guest.
        public var chances: [[Double]]
    }

    /// Draws the kitchen's log.
    public func draw() -> Draw {
        var random = CounterRandom(seed: seed, stream: 0xD15F)
        let dishes = Array(Town.names.prefix(6))
        let ages = ["18-29", "30-49", "50+"]
        let liking = ages.map { _ in dishes.map { _ in 0.9 * random.normal() } }
        let filling = dishes.map { _ in 1.5 * random.normal() }
        let strengths = dishes.map { _ in exp(0.5 * random.normal()) }
        let total = strengths.reduce(0, +)
        let propensities = strengths.map { 0.9 * $0 / total + 0.1 / Double(dishes.count) }
        var draw = Draw(events: [], dishes: dishes, chances: [])
        var late: [FeedbackEvent] = []
        let start = 1_767_225_600.0
        for guest in 0..<guests {
            let age = random.below(ages.count)
            let hunger = (100 * random.uniform()).rounded() / 100
            let chances = dishes.indices.map {
                Special.logistic(-1.5 + liking[age][$0] + filling[$0] * (hunger - 0.5))
            }
            draw.chances.append(chances)
            let dish = random.categorical(weights: propensities)
            let time = start + 40 * Double(guest)
            draw.events.append(
                FeedbackEvent(
                    .decision(
                        Decision(
                            id: "guest\(guest + 1)", action: dishes[dish], among: dishes,
                            propensities: propensities,
                            policy: "house")),
                    time: time, groups: ["age": ages[age]], features: ["hunger": hunger]))
            if random.bernoulli(chances[dish]) {
                late.append(
                    FeedbackEvent(.reward(Reward(value: 1)), time: time + 900, decision: "guest\(guest + 1)"))
            }
            if late.count > 20 { draw.events.append(late.remove(at: random.below(late.count))) }
        }
        draw.events += late
        return draw
    }
}
