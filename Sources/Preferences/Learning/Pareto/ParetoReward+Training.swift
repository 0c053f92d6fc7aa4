import Kernels
import Tensors

extension ParetoReward {
    /// After how many steps each the held-out loss is taken.
    private static var validateEvery: Int { 10 }

    /// Plain descent on the differences, whose columns are brought to one scale first.
    func fitLinear(
        _ data: ComparisonSet, _ course: inout ParetoCourse, _ watch: FitWatch
    ) throws -> LinearRewardModel {
        let differences = data.differences()
        let rates = Self.scales(differences)
        let rate = learningRate ?? 0.5
        let width = differences.columns
        var weights = [Double](repeating: 0, count: width)
        var last = 0.0
        let held = differences.selecting(course.held.flatMap { $0 })
        var best: (loss: Double, step: Int, weights: [Double]) = (.infinity, 0, weights)
        for step in 0..<steps {
            // In scaled features x/s the weights are s·w.
            let raw = zip(weights, rates).map { $0 / $1 }
            var (gradients, losses): ([[Double]], [Double]) = ([], [])
            for places in course.next() {
                let rows = differences.selecting(places)
                let d = rows.product(raw)
                let total = places.reduce(0) { $0 + data.weights[$1] }
                var (value, slopes) = (0.0, [Double](repeating: 0, count: places.count))
                for (index, place) in places.enumerated() {
                    let (y, m, c) = (data.labels[place], data.margins[place], data.weights[place] / total)
                    value += c * loss.value(d[index], label: y, margin: m)
                    slopes[index] = c * loss.slope(d[index], label: y, margin: m)
                }
                gradients.append(zip(rows.transposedProduct(slopes), rates).map { $0 / $1 })
                losses.append(value)
            }
            let shares = self.weights(&course, gradients: gradients, losses: losses)
            for column in 0..<width {
                var slope = weightDecay * weights[column]
                for group in shares.indices { slope += shares[group] * gradients[group][column] }
                weights[column] -= rate * slope
            }
            last = zip(shares, losses).reduce(0) { $0 + $1.0 * $1.1 }
            guard last.isFinite else {
                throw LearningError.training(method: Self.id, reason: "the loss is \(last)")
            }
            if step % Self.validateEvery == Self.validateEvery - 1 {
                let d = held.product(zip(weights, rates).map { $0 / $1 })
                if let found = course.heldOut(loss, data, differences: d), found.loss < best.loss {
                    best = (found.loss, step + 1, weights.map { found.factor * $0 })
                }
            }
            try watch.step(step + 1, of: steps, loss: last)
        }
        if best.loss < .infinity { (last, weights) = (best.loss, best.weights) }
        return LinearRewardModel(
            weights: zip(weights, rates).map { $0 / $1 },
            certificate: certificate(loss: last, bestStep: best.step))
    }

    /// What each column is divided by: dense ones by their own size, sparse ones (of which the rare must not become the loudest)
    /// all alike; then all by what makes the largest mean square in any direction 1.
    static func scales(_ differences: FeatureMatrix) -> [Double] {
        let rows = max(1, differences.rows)
        var scales = [Double](repeating: 1, count: differences.columns)
        if case .dense(let values) = differences.storage {
            var squares = [Double](repeating: 0, count: differences.columns)
            for place in values.indices {
                squares[place % differences.columns] += values[place] * values[place]
            }
            scales = squares.map { $0 > 1e-24 ? ($0 / Double(rows)).squareRoot() : 1 }
        }
        var random = CounterRandom(seed: 1)
        var direction = scales.map { _ in random.normal() }
        var curvature = 0.0
        for _ in 0..<30 {
            let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 1e-150 else { break }
            let scores = differences.product(zip(direction, scales).map { $0 / length / $1 })
            direction = zip(differences.transposedProduct(scores), scales).map { $0 / $1 / Double(rows) }
            curvature = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        return curvature > 1e-24 ? scales.map { $0 * curvature.squareRoot() } : scales
    }

    /// AdamW on a network, the weights sought on the gradients of its last layer.
    func fitNetwork(
        _ data: ComparisonSet, _ hidden: [Int], _ course: inout ParetoCourse, _ seed: UInt64,
        _ watch: FitWatch
    ) throws -> NeuralRewardModel {
        try PairTrainer().requireTorch(Self.id)
        let standardization = Standardization(data.items.features)
        let rows = standardization(data.items.features)
        let features = Tensor(rows.values.map { Float($0) }, shape: [rows.rows, rows.columns])
        var random = CounterRandom(seed: seed)
        let network = MLP([rows.columns] + hidden + [1], using: &random)
        let head = network.layers[network.layers.count - 1]
        let parameters = Parameters(of: network)
        var optimizer = Optimizer(AdamW(learningRate ?? 1e-3, weightDecay: weightDecay), for: parameters)
        var last = 0.0
        let held = course.held.flatMap { $0 }
        var best: (loss: Double, step: Int, factor: Double, state: [String: Tensor]) = (.infinity, 0, 1, [:])
        for step in 0..<steps {
            let batches = course.next()
            let places = batches.flatMap { $0 }
            var shares: [Double] = []
            let value = optimizer.step {
                let ends = places.map { data.left[$0] } + places.map { data.right[$0] }
                var z = features.selecting(Tensor(ends))
                for layer in network.layers.dropLast() { z = network.activation(layer(z)) }
                let scores = head(z).reshaped(to: [2, places.count])
                let d = scores[0] - scores[1]
                let (trunk, numbers) = (z.doubles, d.doubles)
                let width = trunk.count / (2 * places.count)
                var (gradients, losses): ([[Double]], [Double]) = ([], [])
                var start = 0
                for batch in batches {
                    let total = batch.reduce(0) { $0 + data.weights[$1] }
                    var (gradient, sum) = ([Double](repeating: 0, count: width), 0.0)
                    for (offset, place) in batch.enumerated() {
                        let index = start + offset
                        let (y, m, c) = (data.labels[place], data.margins[place], data.weights[place] / total)
                        sum += c * loss.value(numbers[index], label: y, margin: m)
                        let slope = c * loss.slope(numbers[index], label: y, margin: m)
                        let (a, b) = (index * width, (places.count + index) * width)
                        for column in 0..<width {
                            gradient[column] += slope * (trunk[a + column] - trunk[b + column])
                        }
                    }
                    gradients.append(gradient)
                    losses.append(sum)
                    start += batch.count
                }
                shares = weights(&course, gradients: gradients, losses: losses)
                let parts = d.split(batches.map(\.count))
                return zip(batches, zip(shares, parts)).reduce(Tensor(Float(0))) { sum, next in
                    sum + next.1.0 * loss.mean(next.1.1, of: data, at: next.0)
                }
            }
            last = value.scalar
            guard last.isFinite else {
                throw LearningError.training(method: Self.id, reason: "the loss is \(last)")
            }
            if step % Self.validateEvery == Self.validateEvery - 1, !held.isEmpty {
                let ends = held.map { data.left[$0] } + held.map { data.right[$0] }
                let scores = withoutGradient { network(features.selecting(Tensor(ends))).doubles }
                let d = held.indices.map { scores[$0] - scores[held.count + $0] }
                if let found = course.heldOut(loss, data, differences: d), found.loss < best.loss {
                    best = (found.loss, step + 1, found.factor, parameters.state)
                }
            }
            try watch.step(step + 1, of: steps, loss: last)
        }
        if best.loss < .infinity {
            last = best.loss
            try parameters.load(state: best.state)
        }
        var dense = DenseNetwork(network)
        let top = dense.layers.count - 1
        dense.layers[top].weight.values = dense.layers[top].weight.values.map { best.factor * $0 }
        dense.layers[top].bias = dense.layers[top].bias.map { best.factor * $0 }
        return NeuralRewardModel(
            network: dense, standardization: standardization,
            certificate: certificate(loss: last, bestStep: best.step))
    }

    /// Converged is what got no better on held-out comparisons in the last tenth of the steps.
    private func certificate(loss: Double, bestStep: Int) -> FitCertificate {
        FitCertificate(
            converged: bestStep > 0 && 10 * bestStep <= 9 * steps, steps: steps, loss: loss,
            limits: [
                "what every group leans to alike is counted as shared",
                "training takes a fixed number of steps to one of many points that no step improves for all groups",
            ])
    }
}
