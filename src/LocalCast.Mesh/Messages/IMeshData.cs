namespace LocalCast.Mesh;

/// <summary>Data that can be well-formed JSON and still make no sense: nullable annotations say nothing about what a list holds.</summary>
internal interface IMeshData
{
    /// <summary>Says what is wrong; <see langword="null"/> when nothing is.</summary>
    string? WhatIsWrong();
}
