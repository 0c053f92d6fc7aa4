extension Arms {
    /// Turns scores in `p` into probabilities: all to the largest, arms that tie share it evenly.
    @inline(__always)
    static func putOnBest(_ choices: ArmChoices, scores p: inout [Double]) {
        var best = -Double.infinity
        var ties = 0.0
        for arm in choices {
            if p[arm] > best {
                best = p[arm]
                ties = 1
            } else if p[arm] == best {
                ties += 1
            }
        }
        precondition(ties > 0, "features and rewards must be finite numbers")
        let share = 1 / ties
        for arm in choices { p[arm] = p[arm] == best ? share : 0 }
    }
}
