import Kernels

/// Shares out a difference of a function among its arguments.
enum Attribution {
    /// How many random orders stand for all of them where there are more than four arguments; each is walked both ways.
    private static let drawnOrders = 32

    /// What each argument adds to f(to) − f(from), averaged over the orders in which they change.
    ///
    /// All orders up to four arguments (Shapley values), 64 of them beyond (estimates of those). Each order adds up to the
    /// difference, and so do the averages.
    static func shapley(from start: [Double], to end: [Double], _ f: ([Double]) -> Double) -> [Double] {
        let n = start.count
        var sums = [Double](repeating: 0, count: n)
        let orders = n <= 4 ? all(Array(0..<n)) : drawn(n)
        for order in orders {
            var x = start
            var before = f(x)
            for place in order {
                x[place] = end[place]
                let after = f(x)
                sums[place] += after - before
                before = after
            }
        }
        return sums.map { $0 / Double(orders.count) }
    }

    private static func drawn(_ n: Int) -> [[Int]] {
        var random = CounterRandom(seed: 0)
        return (0..<drawnOrders).flatMap { _ -> [[Int]] in
            let order = random.permutation(n)
            return [order, order.reversed()]
        }
    }

    private static func all(_ places: [Int]) -> [[Int]] {
        guard places.count > 1 else { return [places] }
        return places.flatMap { first in all(places.filter { $0 != first }).map { [first] + $0 } }
    }
}
