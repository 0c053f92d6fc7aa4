import Kernels

/// Measures how much two columns of numbers tell about each other, whatever the shape of the relation.
///
/// Source: Kraskov, Stögbauer and Grassberger, "Estimating Mutual Information" (2004), the second estimator.
/// With the k nearest neighbours of each point under the maximum norm, εₓ and ε_y their largest distances
/// along each axis, and nₓ, n_y the numbers of other points within them,
///
///     I = ψ(k) − 1/k − ⟨ψ(nₓ) + ψ(n_y)⟩ + ψ(n)   nats
///
/// The bias is small where the columns are independent; the estimate can be slightly negative then. Not for
/// columns with many equal values: distances of zero make it too large.
public enum NearestNeighbourInformation {
    /// Estimates the mutual information in nats.
    ///
    /// - Precondition: columns of one length, more than `neighbours` rows.
    /// - Complexity: O(n²).
    public static func estimate(_ x: [Double], _ y: [Double], neighbours: Int = 5) -> Double {
        let n = x.count
        precondition(y.count == n, "mutual information needs columns of one length")
        precondition(neighbours > 0 && n > neighbours, "mutual information needs more rows than neighbours")
        var digamma = [Double](repeating: 0, count: n + 1)
        digamma[1] = Special.digamma(1)
        for m in 1..<n { digamma[m + 1] = digamma[m] + 1 / Double(m) }
        var nearest = [Double](repeating: 0, count: neighbours), who = [Int](repeating: 0, count: neighbours)
        var distances = [Double](repeating: 0, count: n)
        var sum = 0.0
        x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in
                for i in 0..<n {
                    let xi = x[i], yi = y[i]
                    for k in 0..<neighbours { nearest[k] = .infinity }
                    var worst = Double.infinity
                    for j in 0..<n { distances[j] = max(abs(x[j] - xi), abs(y[j] - yi)) }
                    distances[i] = .infinity
                    for j in 0..<n where distances[j] < worst {
                        let distance = distances[j]
                        var place = neighbours - 1
                        while place > 0, nearest[place - 1] > distance {
                            nearest[place] = nearest[place - 1]
                            who[place] = who[place - 1]
                            place -= 1
                        }
                        nearest[place] = distance
                        who[place] = j
                        worst = nearest[neighbours - 1]
                    }
                    var sideX = 0.0, sideY = 0.0
                    for j in who {
                        sideX = max(sideX, abs(x[j] - xi))
                        sideY = max(sideY, abs(y[j] - yi))
                    }
                    var withinX = -1, withinY = -1
                    for j in 0..<n {
                        withinX += abs(x[j] - xi) <= sideX ? 1 : 0
                        withinY += abs(y[j] - yi) <= sideY ? 1 : 0
                    }
                    sum += digamma[withinX] + digamma[withinY]
                }
            }
        }
        return digamma[neighbours] - 1 / Double(neighbours) - sum / Double(n) + digamma[n]
    }
}
