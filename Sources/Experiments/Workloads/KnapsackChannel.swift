import Bandits
import Kernels

/// An advertising channel that spends its budget on the auctions with the most value for money, the last one in part.
struct KnapsackChannel: Sendable {
    /// What an auction's cost is, as a multiple of its value: uniform in this range.
    var costs: ClosedRange<Double>
    /// The number of auctions in a period.
    var auctions = 20

    /// The auctions of one period, best first.
    func draw(_ random: inout CounterRandom) -> [(value: Double, cost: Double)] {
        (0..<auctions).map { _ -> (value: Double, cost: Double) in
            let value = random.uniform()
            return (
                value, value * (costs.lowerBound + (costs.upperBound - costs.lowerBound) * random.uniform())
            )
        }.sorted { $0.value * $1.cost > $1.value * $0.cost }
    }

    /// What a budget brings with these auctions.
    static func play(_ auctions: [(value: Double, cost: Double)], budget: Double) -> ChannelResult {
        var result = ChannelResult(value: 0, spend: 0)
        for auction in auctions {
            let left = budget - result.spend
            guard left > 0 else { break }
            let share = auction.cost > left ? left / auction.cost : 1
            result.value += share * auction.value
            result.spend += share * auction.cost
        }
        return result
    }
}
