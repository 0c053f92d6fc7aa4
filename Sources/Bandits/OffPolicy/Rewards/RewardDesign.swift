import Kernels

/// Which coefficients stand for a row's features under an action.
struct RewardDesign: Sendable {
    let layout: RewardModel.Layout
    let features: SparseRows
    let actions: Int
    /// The number of features d.
    let dimension: Int

    init(layout: RewardModel.Layout, features: SparseRows, actions: Int) {
        self.layout = layout
        self.features = features
        self.actions = actions
        dimension = Int((features.columns.max() ?? -1) + 1)
    }

    /// The number of coefficients of one regression: of one action for `perAction`, of all for the others.
    var columns: Int {
        switch layout {
        case .perAction: dimension + 1
        case .additive: dimension + actions
        case .hashed(let bits): dimension + actions + 1 << bits
        }
    }

    /// Adds φ(x, a) of a row and an action as a row.
    func append(_ row: Int, _ action: Int, to rows: inout SparseRows) {
        for at in features.range(row) {
            rows.append(column: features.columns[at], value: features.values[at])
        }
        switch layout {
        case .perAction: rows.append(column: Int32(dimension), value: 1)
        case .additive: rows.append(column: Int32(dimension + action), value: 1)
        case .hashed(let bits):
            rows.append(column: Int32(dimension + action), value: 1)
            for at in features.range(row) {
                rows.append(
                    column: Int32(dimension + actions + slot(features.columns[at], action, bits)),
                    value: features.values[at])
            }
        }
        rows.endRow()
    }

    /// θᵀφ(x, a) of a row for every action, with the coefficients of action a for `perAction` at a, a + K, ….
    func scores(_ row: Int, _ theta: [Double], into scores: inout [Double]) {
        let range = features.range(row), k = actions
        switch layout {
        case .perAction:
            for a in 0..<k { scores[a] = theta[dimension * k + a] }
            for at in range {
                let value = features.values[at], first = Int(features.columns[at]) * k
                for a in 0..<k { scores[a] += value * theta[first + a] }
            }
        case .additive, .hashed:
            var shared = 0.0
            for at in range { shared += features.values[at] * theta[Int(features.columns[at])] }
            for a in 0..<k { scores[a] = shared + theta[dimension + a] }
            guard case .hashed(let bits) = layout else { return }
            for at in range {
                for a in 0..<k {
                    scores[a] +=
                        features.values[at]
                        * theta[dimension + k + slot(features.columns[at], a, bits)]
                }
            }
        }
    }

    /// Where the coefficient of a feature under an action stands in the table.
    @inline(__always)
    private func slot(_ column: Int32, _ action: Int, _ bits: Int) -> Int {
        // The finaliser of SplitMix64, which spreads neighbouring pairs over the whole table.
        var x = UInt64(UInt32(bitPattern: column)) << 32 | UInt64(UInt32(action))
        x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((x ^ (x >> 31)) & (1 << UInt64(bits) - 1))
    }
}
